/* confidence: how well each method knows when it is wrong.

       confidence FOLDER [data=FILE]

   Risk against coverage: the error among the letters answered, when the least sure are not.  The area
   under that curve (AURC), and the expected calibration error (ten bins of the largest probability).  The recogniser's
   probabilities are taken as they come.  Beside it: an LSTM classifier with softmax, and the same after one temperature that
   divides the logarithms, fitted on a fifth of the training letters that was held out of training.  Table C7. */
#define INVCLASS_IMPLEMENTATION
#include "handwriting.h"
#include "methods.h"

static int top_of(const double *p) { return most_likely(p, PEN_CLASSES); }

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

/* Probabilities of the letters in `test`, p [n][PEN_CLASSES]. */
static void classifier_probabilities(const ic_model *model, const letters *test, double *p)
{
    float *q = get_floats((size_t)test->n, PEN_CLASSES);
    int k;
    check(ic_classify(model, test->n, test->xy, q, 1), "classifier");
    for (k = 0; k < test->n * PEN_CLASSES; k++)
        p[k] = (double)q[k];
    free(q);
}

/* The LSTM's, as they come, and tempered. */
static void lstm_probabilities(const letters *rest, const letters *test, double *p, double *tempered)
{
    int *order = (int *)get_memory((size_t)rest->n, sizeof(int)), k;
    const int held = rest->n / 5;
    double *pv = (double *)get_memory((size_t)held * PEN_CLASSES, sizeof(double)), loss;
    letters train, valid;
    ic_curves curves, held_out;
    ic_model model;
    for (k = 0; k < rest->n; k++)
        order[k] = k;
    valid = take_letters(rest, order, held);
    train = take_letters(rest, order + held, rest->n - held);
    curves = curves_of(&train), held_out = curves_of(&valid);
    train_reader(&model, &curves, &held_out, 1, 16, 5000);
    classifier_probabilities(&model, &valid, pv);
    classifier_probabilities(&model, test, p);
    temper(test->n, PEN_CLASSES, p, best_temperature(valid.n, PEN_CLASSES, valid.label, pv, &loss), tempered);
    ic_model_free(&model);
    free_letters(&train);
    free_letters(&valid);
    free(order);
    free(pv);
}

int main(int argc, char **argv)
{
    enum { WAYS = 3 };
    static const char *const names[WAYS] = { "recogniser", "lstm", "lstm with temperature" };
    static const column columns[] = {
        { "method", NULL }, { "accuracy", "%.4g" }, { "AURC", "%.4g" }, { "calibration error", "%.4g" },
        { "log loss", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "confidence", &data);
    double cells[WAYS][4], risk[WAYS][19], *p[WAYS];
    letters all = load_letters(data), train, test;
    ic_recogniser recogniser;
    outfile points;
    int way, k;
    cut_letters(&all, &train, &test);
    for (way = 0; way < WAYS; way++)
        p[way] = (double *)get_memory((size_t)test.n * PEN_CLASSES, sizeof(double));
    fit_recogniser(&recogniser, &train, 1);
    recognise_all(&recogniser, test.n, test.curve, NULL, p[0], NULL);
    ic_recogniser_free(&recogniser);
    lstm_probabilities(&train, &test, p[1], p[2]);
    for (way = 0; way < WAYS; way++) {
        double *r = cells[way];
        method_result m;
        judge(test.n, PEN_CLASSES, test.label, p[way], &m);
        r[0] = m.accuracy;
        r[1] = risk_coverage(&test, p[way], risk[way]);
        r[2] = m.calibration_error;
        r[3] = m.log_loss;
    }
    table_open(&points, folder, "C7", "points");
    fprintf(points.file, "%% answered\trecogniser\tlstm\n");
    for (k = 0; k < 19; k++)
        fprintf(points.file, "%d\t%g\t%g\n", 10 + 5 * k, risk[0][k], risk[1][k]);
    out_close(&points);
    write_numbers(folder, "C7", "knowing when it is wrong", columns, COUNT(columns), WAYS, names, cells[0], &all);
    return 0;
}
