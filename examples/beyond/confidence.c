/* confidence: how well each method knows when it is wrong.

       confidence FOLDER [data=FILE]

   Risk against coverage: the error among the letters answered, when the least sure are not.  The area
   under that curve (AURC), and the expected calibration error (ten bins of the largest probability), before
   and after one temperature that divides the logarithms, fitted on a fifth of the training letters
   that was held out of training.  Beside it: an LSTM classifier with softmax.  Table C7. */
#define INVCLASS_IMPLEMENTATION
#include "explain.h"

static int top_of(const double *p) { return most_likely(p, PEN_CLASSES); }

static double calibration_error(const letters *l, const double *p)
{
    double right[10] = { 0 }, sure[10] = { 0 }, sum = 0;
    int k;
    for (k = 0; k < l->n; k++) {
        const int top = top_of(p + k * PEN_CLASSES);
        const double s = p[k * PEN_CLASSES + top];
        const int bin = s < 1 ? (int)(10 * s) : 9;
        right[bin] += top == l->label[k];
        sure[bin] += s;
    }
    for (k = 0; k < 10; k++)
        sum += fabs(right[k] - sure[k]) / l->n;
    return sum;
}

/* risk[19]: at 10, 15 ... 100 % answered; returns the area under the whole curve. */
static double risk_coverage(const letters *l, const double *p, double *risk)
{
    double *doubt = (double *)get_memory((size_t)l->n, sizeof(double)), area = 0;
    int *order, k, wrong = 0;
    for (k = 0; k < l->n; k++)
        doubt[k] = -p[k * PEN_CLASSES + top_of(p + k * PEN_CLASSES)];
    order = order_of(doubt, l->n);
    for (k = 0; k < l->n; k++) {
        const int step = 20 * (k + 1) / l->n;
        wrong += top_of(p + order[k] * PEN_CLASSES) != l->label[order[k]];
        area += (double)wrong / (k + 1) / l->n;
        if (step >= 2 && step != 20 * k / l->n)
            risk[step - 2] = (double)wrong / (k + 1);
    }
    free(order);
    free(doubt);
    return area;
}

static void lstm_posteriors(const letters *train, const letters *valid, const letters *test, double *pv, double *pt)
{
    const letters *sets[2] = { valid, test };
    double *to[2] = { pv, pt };
    float *p = get_floats((size_t)(valid->n + test->n), PEN_CLASSES);
    ic_model model;
    int k, i;
    train_classifier(&model, train, valid, 1, 5000);
    for (i = 0; i < 2; i++) {
        check(ic_classify(&model, sets[i]->n, sets[i]->xy, p, 1), "classifier");
        for (k = 0; k < sets[i]->n * PEN_CLASSES; k++)
            to[i][k] = (double)p[k];
    }
    free(p);
    ic_model_free(&model);
}

int main(int argc, char **argv)
{
    static const char *const names[] = { "inversion", "lstm" };
    static const column columns[] = {
        { "method", NULL }, { "accuracy", "%.4g" }, { "AURC", "%.4g" }, { "calibration error", "%.4g" },
        { "after temperature", "%.4g" }, { "temperature", "%.4g" }, { "log loss after", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "confidence", &data);
    double cells[2][6], risk[2][19], *pv, *pt, *q;
    letters all, rest, train, valid, test;
    explainer e;
    outfile out_points;
    FILE *f;
    int way, k, *order;
    all = load_letters(data);
    cut_letters(&all, 0, &rest, &test);
    order = (int *)get_memory((size_t)rest.n, sizeof(int));
    for (k = 0; k < rest.n; k++)
        order[k] = k;
    valid = take_letters(&rest, order, rest.n / 5);
    train = take_letters(&rest, order + rest.n / 5, rest.n - rest.n / 5);
    train_explainer(&e, &train, STYLES, 1);
    judge_by(&e, &train, &usual_weights);
    pv = (double *)get_memory((size_t)valid.n * PEN_CLASSES, sizeof(double));
    pt = (double *)get_memory((size_t)test.n * PEN_CLASSES, sizeof(double));
    q = (double *)get_memory((size_t)all.n * PEN_CLASSES, sizeof(double));
    for (way = 0; way < 2; way++) {
        double *r = cells[way], held_loss, best;
        if (way == 0) {
            const ic_inverted held = { NULL, NULL, NULL, NULL, pv }, out = { NULL, NULL, NULL, NULL, pt };
            explain(&e, valid.n, valid.xy, NULL, 3, &held);
            explain(&e, test.n, test.xy, NULL, 3, &out);
        } else
            lstm_posteriors(&train, &valid, &test, pv, pt);
        best = best_temperature(&valid, pv, &held_loss);
        for (k = 0, r[0] = 0; k < test.n; k++)
            r[0] += (double)(top_of(pt + k * PEN_CLASSES) == test.label[k]) / test.n;
        r[2] = calibration_error(&test, pt);
        temper(test.n, pt, best, q);
        r[1] = risk_coverage(&test, q, risk[way]);
        r[3] = calibration_error(&test, q);
        r[4] = best;
        r[5] = log_loss(&test, q);
    }
    table_open(&out_points, folder, "C7", "points");
    f = out_points.file;
    fprintf(f, "%% answered\tinversion\tlstm\n");
    for (k = 0; k < 19; k++)
        fprintf(f, "%d\t%g\t%g\n", 10 + 5 * k, risk[0][k], risk[1][k]);
    out_close(&out_points);
    write_numbers(folder, "C7", "knowing when it is wrong", columns, COUNT(columns), 2, names, cells[0], &all);
    return 0;
}
