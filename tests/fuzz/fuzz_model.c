/* Bytes as a model file, as they are and with the checksum put right; what is accepted is encoded to
   the same bytes again, and a small one is run forward and backward. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "fuzz.h"

static void run(const ic_model *model)
{
    const ic_config *c = &model->config;
    float x[16 * 16], y[16 * 16], dx[16];
    ic_work_options o;
    ic_work *work;
    ic_batch batch;
    ic_gradients wanted;
    ic_status status;
    int k;
    if (c->inputs > 16 || c->hidden > 16 || c->outputs > 16 || c->steps > 16)
        return;
    for (k = 0; k < 16 * 16; k++)
        x[k] = (float)(k % 5 - 2);
    status = (c->head == IC_EVERY_STEP ? ic_generate : ic_classify)(model, 1, x, y, 1);
    MUST(status == IC_OK || status == IC_E_NOT_FINITE);         /* weights near the largest float */
    memset(&o, 0, sizeof o);
    o.rows = 1, o.purpose = IC_TRAIN;
    MUST(ic_work_new(&work, c, &o, NULL) == IC_OK);
    ic_work_load(work, model);
    memset(&batch, 0, sizeof batch);
    batch.rows = batch.input_steps = 1, batch.x = x;
    ic_forward(work, &batch);
    for (k = 0; k < c->outputs; k++)
        ic_output_gradient(work, 0, 0)[k] = 1;
    for (k = c->outputs; k < c->outputs * (c->head == IC_EVERY_STEP ? c->steps : 1); k++)
        ic_output_gradient(work, k / c->outputs, 0)[k % c->outputs] = 0;
    memset(&wanted, 0, sizeof wanted);
    wanted.x = dx;
    ic_backward(work, &wanted);
    ic_work_free(work);
}

static void decode(const unsigned char *bytes, size_t n)
{
    ic_model model;
    unsigned char *again;
    if (ic_decode(&model, bytes, n) != IC_OK) {
        MUST(model.owned == NULL);
        return;
    }
    MUST(ic_encoded_bytes(&model) == n);
    again = (unsigned char *)malloc(n);
    ic_encode(&model, again);
    MUST(memcmp(bytes, again, n) == 0);
    free(again);
    run(&model);
    ic_model_free(&model);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    unsigned char *copy;
    decode(bytes, n);
    if (n < 8)
        return 0;
    copy = (unsigned char *)malloc(n);
    memcpy(copy, bytes, n);
    ic_p_put(copy + n - 8, ic_hash(0, bytes, n - 8), 8);
    decode(copy, n);
    free(copy);
    return 0;
}
