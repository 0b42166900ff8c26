// onednn.cpp: oneDNN's LSTM primitive on the workloads of bench.c, in the manner of peers.py.  Needs oneDNN 3, as
// setup.sh installs it: a build for SYCL, whose threads are as many as the processors it may run on, so it is
// confined to one.  The driver of that processor is found through OCL_ICD_FILENAMES, which bench.sh sets.
//
//     bench_onednn WORKLOAD H B
//
// GENERATE is forward inference; TRAIN is the weights into the primitive's own format, forward, and
// backward with all gradients.  It has no optimiser, no dense layer and no hard sigmoid, so it does
// less than bench.c times.  INVERT fails: the primitive always makes the weights' gradients too.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <oneapi/dnnl/dnnl.hpp>
#include <sched.h>
#include <string>
#include <unordered_map>

#if DNNL_VERSION_MAJOR != 3
#error "this program is written for oneDNN 3"
#endif

using namespace dnnl;
typedef memory::desc Desc;
typedef memory::format_tag Tag;
typedef std::unordered_map<int, memory> Arguments;

static const long STEPS = 205, INPUTS = 20;
static Desc shape(const memory::dims &dims, Tag tag)
{
    return Desc(dims, memory::data_type::f32, tag);
}

// Memory with small numbers in it, of either sign.
static memory filled(const Desc &desc, const engine &cpu)
{
    memory m(desc, cpu);
    float *x = static_cast<float *>(m.get_data_handle());
    unsigned seed = 1;
    for (size_t k = 0; k < desc.get_size() / sizeof(float); k++) {
        seed = seed * 1664525u + 1013904223u;
        x[k] = 0.1f * (static_cast<float>(seed >> 8) / 16777216.0f - 0.5f);
    }
    return m;
}

struct Lstm {
    engine cpu;
    stream order;
    bool train;
    lstm_forward forward;
    lstm_backward backward;
    memory weights_x, weights_h;                   // as the optimiser has them
    memory to_forward[2], to_backward[2];          // as the primitives want them
    Arguments forward_arguments, backward_arguments;

    Lstm(long hidden, long batch, bool with_backward) : cpu(engine::kind::cpu, 0), order(cpu), train(with_backward)
    {
        const memory::dims size_x = {1, 1, INPUTS, 4, hidden}, size_h = {1, 1, hidden, 4, hidden};
        const Desc x = shape({STEPS, batch, INPUTS}, Tag::tnc);
        const Desc h = shape({STEPS, batch, hidden}, Tag::tnc);
        const Desc any_x = shape(size_x, Tag::any), any_h = shape(size_h, Tag::any);
        const Desc bias = shape({1, 1, 4, hidden}, Tag::ldgo), none;
        const rnn_direction way = rnn_direction::unidirectional_left2right;
        const prop_kind kind = train ? prop_kind::forward_training : prop_kind::forward_inference;
        const lstm_forward::primitive_desc plan(
            cpu, kind, way, x, none, none, any_x, any_h, bias, h, none, none);
        forward = lstm_forward(plan);
        weights_x = filled(shape(size_x, Tag::ldigo), cpu);
        weights_h = filled(shape(size_h, Tag::ldigo), cpu);
        to_forward[0] = memory(plan.weights_layer_desc(), cpu);
        to_forward[1] = memory(plan.weights_iter_desc(), cpu);
        forward_arguments[DNNL_ARG_SRC_LAYER] = filled(x, cpu);
        forward_arguments[DNNL_ARG_WEIGHTS_LAYER] = to_forward[0];
        forward_arguments[DNNL_ARG_WEIGHTS_ITER] = to_forward[1];
        forward_arguments[DNNL_ARG_BIAS] = filled(bias, cpu);
        forward_arguments[DNNL_ARG_DST_LAYER] = filled(h, cpu);
        load(to_forward);
        if (!train)
            return;
        const lstm_backward::primitive_desc back(
            cpu, prop_kind::backward, way, x, none, none, any_x, any_h, bias, h, none, none,
            x, none, none, any_x, any_h, bias, h, none, none, plan);
        backward = lstm_backward(back);
        to_backward[0] = memory(back.weights_layer_desc(), cpu);
        to_backward[1] = memory(back.weights_iter_desc(), cpu);
        forward_arguments[DNNL_ARG_WORKSPACE] = memory(plan.workspace_desc(), cpu);
        backward_arguments = forward_arguments;
        backward_arguments[DNNL_ARG_WEIGHTS_LAYER] = to_backward[0];
        backward_arguments[DNNL_ARG_WEIGHTS_ITER] = to_backward[1];
        backward_arguments[DNNL_ARG_DIFF_SRC_LAYER] = filled(x, cpu);
        backward_arguments[DNNL_ARG_DIFF_WEIGHTS_LAYER] = filled(back.diff_weights_layer_desc(), cpu);
        backward_arguments[DNNL_ARG_DIFF_WEIGHTS_ITER] = filled(back.diff_weights_iter_desc(), cpu);
        backward_arguments[DNNL_ARG_DIFF_BIAS] = filled(bias, cpu);
        backward_arguments[DNNL_ARG_DIFF_DST_LAYER] = filled(h, cpu);
    }

    void load(memory *to)
    {
        reorder(weights_x, to[0]).execute(order, weights_x, to[0]);
        reorder(weights_h, to[1]).execute(order, weights_h, to[1]);
        order.wait();
    }

    // The gradients of the weights are added to what is there, so they are cleared first.
    void clear(int which)
    {
        memory &m = backward_arguments[which];
        std::memset(m.get_data_handle(), 0, m.get_desc().get_size());
    }

    void run()
    {
        if (train) {
            load(to_forward);
            load(to_backward);
            clear(DNNL_ARG_DIFF_WEIGHTS_LAYER);
            clear(DNNL_ARG_DIFF_WEIGHTS_ITER);
            clear(DNNL_ARG_DIFF_BIAS);
        }
        forward.execute(order, forward_arguments);
        if (train)
            backward.execute(order, backward_arguments);
        order.wait();
    }
};

static double now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

int main(int argc, char **argv)
{
    const std::string workload = argc > 3 ? argv[1] : "";
    const version_t *v = dnnl::version();
    char line[16];
    cpu_set_t one;
    if (workload != "TRAIN" && workload != "GENERATE")
        return 1;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        return 1;
    set_verbose(0);                        // which would say on the standard output what goes wrong
    try {
        Lstm lstm(std::atol(argv[2]), std::atol(argv[3]), workload == "TRAIN");
        int calls = 0;
        lstm.run();
        for (double start = now(); calls == 0 || now() - start < 0.05; calls++)
            lstm.run();
        std::printf("oneDNN %d.%d.%d\n", v->major, v->minor, v->patch);
        std::fflush(stdout);
        while (std::fgets(line, sizeof line, stdin)) {
            const double start = now();
            for (int k = 0; k < calls; k++)
                lstm.run();
            std::printf("%.4f\n", 1e3 * (now() - start) / calls);
            std::fflush(stdout);
        }
    } catch (const error &e) {
        std::fprintf(stderr, "onednn: %s\n", e.what());
        return 1;
    }
    return 0;
}
