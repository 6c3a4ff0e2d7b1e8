/* libzmq, as a C program uses it: one role of one workload of the bus benchmark, in a process of its own.
 *
 *   zmqbench ROLE ENDPOINT SIZE COUNT WIDTH CURVE
 *
 * ROUTER roles bind ENDPOINT and print a line of JSON with the one that was bound and, with CURVE 1, the public key. DEALER roles take
 * "-" and read "endpoint [key]" from standard input. A quarter of COUNT is exchanged first and not timed. Each role prints one line
 * of JSON at its end, and stays until standard input ends, so that nothing that is under way is lost with it.
 *
 * High-water marks are 1,000 at both ends (the default), sends block, ROUTER_MANDATORY is on. Build: gcc -O2 zmqbench.c -lzmq
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { LIMIT_SECONDS = 300, MAX_WIDTH = 64, KEY_TEXT = 41 };

static void *context;
static char *payload;
static size_t size;
static long warm, total;
static int width;
static int curve;

static void die (const char *what)
{
    fprintf (stderr, "%s: %s\n", what, zmq_strerror (errno));
    exit (1);
}

static void check (int rc, const char *what)
{
    if (rc == -1)
        die (what);
}

static void wrong (const char *what)
{
    fprintf (stderr, "%s\n", what);
    exit (1);
}

static uint64_t now_ns (void)
{
    struct timespec time;
    clock_gettime (CLOCK_MONOTONIC, &time);
    return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}

static double cpu_seconds (void)
{
    struct rusage usage;
    getrusage (RUSAGE_SELF, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* ---- The timed part. */

static uint64_t started;
static double started_cpu;

static void start_clock (void)
{
    started_cpu = cpu_seconds ();
    started = now_ns ();
}

/* Prints what was measured, and waits for the end of standard input. */
static void finish (const char *more)
{
    double seconds = started ? (double) (now_ns () - started) / 1e9 : 0;
    double cpu = started ? cpu_seconds () - started_cpu : 0;
    printf ("{\"messages\":%ld,\"seconds\":%.9f,\"cpu\":%.6f%s}\n", total - warm, seconds, cpu, more);
    fflush (stdout);
    while (getchar () != EOF)
        ;
    _exit (0);
}

/* ---- Sockets. */

static void *make_socket (int type)
{
    int mandatory = 1, linger = 0, hwm = 1000;
    void *socket = zmq_socket (context, type);
    if (!socket)
        die ("zmq_socket");
    check (zmq_setsockopt (socket, ZMQ_SNDHWM, &hwm, sizeof hwm), "SNDHWM");
    check (zmq_setsockopt (socket, ZMQ_RCVHWM, &hwm, sizeof hwm), "RCVHWM");
    check (zmq_setsockopt (socket, ZMQ_LINGER, &linger, sizeof linger), "LINGER");
    if (type == ZMQ_ROUTER)
        check (zmq_setsockopt (socket, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory), "ROUTER_MANDATORY");
    return socket;
}

static void *bind_router (const char *endpoint)
{
    char bound[512], public_key[KEY_TEXT] = "", secret_key[KEY_TEXT];
    size_t length = sizeof bound;
    int server = 1;
    void *socket = make_socket (ZMQ_ROUTER);
    if (curve) {
        check (zmq_curve_keypair (public_key, secret_key), "zmq_curve_keypair");
        check (zmq_setsockopt (socket, ZMQ_CURVE_SERVER, &server, sizeof server), "CURVE_SERVER");
        check (zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, secret_key, KEY_TEXT), "CURVE_SECRETKEY");
    }
    check (zmq_bind (socket, endpoint), "zmq_bind");
    check (zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, bound, &length), "LAST_ENDPOINT");
    /* Z85 has neither quotes nor backslashes: JSON takes it as it is. */
    printf ("{\"endpoint\":\"%s\",\"key\":\"%s\"}\n", bound, public_key);
    fflush (stdout);
    return socket;
}

/* Connects `number` DEALERs to the endpoint that standard input names. */
static void connect_dealers (void **sockets, int number)
{
    char line[1024], endpoint[512] = "", server_key[128] = "", public_key[KEY_TEXT], secret_key[KEY_TEXT];
    if (!fgets (line, sizeof line, stdin) || sscanf (line, "%511s %127s", endpoint, server_key) < 1)
        wrong ("standard input names no endpoint");
    for (int i = 0; i < number; i++) {
        sockets[i] = make_socket (ZMQ_DEALER);
        if (curve) {
            check (zmq_curve_keypair (public_key, secret_key), "zmq_curve_keypair");
            check (zmq_setsockopt (sockets[i], ZMQ_CURVE_SERVERKEY, server_key, KEY_TEXT), "CURVE_SERVERKEY");
            check (zmq_setsockopt (sockets[i], ZMQ_CURVE_PUBLICKEY, public_key, KEY_TEXT), "CURVE_PUBLICKEY");
            check (zmq_setsockopt (sockets[i], ZMQ_CURVE_SECRETKEY, secret_key, KEY_TEXT), "CURVE_SECRETKEY");
        }
        check (zmq_connect (sockets[i], endpoint), "zmq_connect");
    }
}

static void *connect_dealer (void)
{
    void *socket;
    connect_dealers (&socket, 1);
    return socket;
}

/* ---- Messages. An identity is kept as the message that brought it. */

static void take_body (void *socket, zmq_msg_t *body, size_t expected)
{
    check (zmq_msg_recv (body, socket, 0), "zmq_msg_recv");
    if (zmq_msg_size (body) != expected || zmq_msg_more (body))
        wrong ("a message of another size than was agreed");
}

static void take_from (void *router, zmq_msg_t *identity, zmq_msg_t *body, size_t expected)
{
    check (zmq_msg_recv (identity, router, 0), "zmq_msg_recv");
    if (!zmq_msg_more (identity))
        wrong ("a ROUTER received an identity alone");
    take_body (router, body, expected);
}

static void give_to (void *router, zmq_msg_t *identity)
{
    check (zmq_send (router, zmq_msg_data (identity), zmq_msg_size (identity), ZMQ_SNDMORE), "zmq_send");
    check (zmq_send (router, payload, size, 0), "zmq_send");
}

static void give (void *dealer, size_t bytes)
{
    check (zmq_send (dealer, payload, bytes, 0), "zmq_send");
}

/* ---- Roles. */

static void router_in (void *router)
{
    zmq_msg_t identity, body;
    zmq_msg_init (&identity);
    zmq_msg_init (&body);
    for (long i = 0; i < total; i++) {
        if (i == warm)
            start_clock ();
        take_from (router, &identity, &body, size);
    }
    finish ("");
}

static void dealer_out (void)
{
    void *dealer = connect_dealer ();
    for (long i = 0; i < total; i++)
        give (dealer, size);
    finish ("");
}

/* The DEALER says that it is there, and at its end that it has everything. */
static void router_out (void *router)
{
    zmq_msg_t identity, body;
    zmq_msg_init (&identity);
    zmq_msg_init (&body);
    take_from (router, &identity, &body, 0);
    for (long i = 0; i < total; i++) {
        if (i == warm)
            start_clock ();
        give_to (router, &identity);
    }
    take_from (router, &identity, &body, 0);
    finish ("");
}

static void dealer_in (void)
{
    zmq_msg_t body;
    void *dealer = connect_dealer ();
    zmq_msg_init (&body);
    give (dealer, 0);
    for (long i = 0; i < total; i++) {
        if (i == warm)
            start_clock ();
        take_body (dealer, &body, size);
    }
    give (dealer, 0);
    finish ("");
}

static void router_echo (void *router)
{
    zmq_msg_t identity, body;
    zmq_msg_init (&identity);
    zmq_msg_init (&body);
    for (long i = 0; i < total; i++) {
        if (i == warm)
            start_clock ();
        take_from (router, &identity, &body, size);
        check (zmq_msg_send (&identity, router, ZMQ_SNDMORE), "zmq_msg_send");
        check (zmq_msg_send (&body, router, 0), "zmq_msg_send");
    }
    finish ("");
}

static int by_length (const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *) left, b = *(const uint64_t *) right;
    return a < b ? -1 : a > b;
}

static void dealer_rtt (void)
{
    zmq_msg_t body;
    char more[128];
    long timed = total - warm;
    uint64_t *trips = calloc ((size_t) timed, sizeof *trips);
    void *dealer = connect_dealer ();
    zmq_msg_init (&body);
    for (long i = 0; i < total; i++) {
        if (i == warm)
            start_clock ();
        uint64_t sent = now_ns ();
        give (dealer, size);
        take_body (dealer, &body, size);
        if (i >= warm)
            trips[i - warm] = now_ns () - sent;
    }
    qsort (trips, (size_t) timed, sizeof *trips, by_length);
    snprintf (more, sizeof more, ",\"p50\":%.3f,\"p99\":%.3f", (double) trips[timed / 2] / 1e3, (double) trips[timed * 99 / 100] / 1e3);
    finish (more);
}

static void dealer_window (void)
{
    zmq_msg_t body;
    void *dealer = connect_dealer ();
    zmq_msg_init (&body);
    for (int i = 0; i < width; i++)
        give (dealer, size);
    for (long i = 0; i < total; i++) {
        if (i == warm)
            start_clock ();
        take_body (dealer, &body, size);
        if (i + width < total)
            give (dealer, size);
    }
    finish ("");
}

/* One task outstanding at each of the DEALERs, from when all of them are there. */
static void router_dispatch (void *router)
{
    zmq_msg_t identities[MAX_WIDTH], identity, body;
    zmq_msg_init (&identity);
    zmq_msg_init (&body);
    for (int i = 0; i < width; i++) {
        zmq_msg_init (&identities[i]);
        take_from (router, &identities[i], &body, 0);
    }
    for (int i = 0; i < width; i++)
        give_to (router, &identities[i]);
    for (long i = 0; i < total; i++) {
        if (i == warm)
            start_clock ();
        take_from (router, &identity, &body, size);
        give_to (router, &identity);
    }
    finish ("");
}

/* All DEALERs of the dispatch on one thread: on few cores that is faster than a thread for each. */
static void dealer_work (void)
{
    void *dealers[MAX_WIDTH];
    zmq_pollitem_t items[MAX_WIDTH];
    zmq_msg_t body;
    zmq_msg_init (&body);
    connect_dealers (dealers, width);
    for (int i = 0; i < width; i++) {
        give (dealers[i], 0);
        items[i] = (zmq_pollitem_t){.socket = dealers[i], .events = ZMQ_POLLIN};
    }
    printf ("{}\n");
    fflush (stdout);
    for (;;) {
        check (zmq_poll (items, width, LIMIT_SECONDS * 1000L), "zmq_poll");
        for (int i = 0; i < width; i++) {
            if (!(items[i].revents & ZMQ_POLLIN))
                continue;
            take_body (dealers[i], &body, size);
            check (zmq_msg_send (&body, dealers[i], 0), "zmq_msg_send");
        }
    }
}

int main (int argc, char **argv)
{
    static const struct { const char *name; void (*run) (void *); } routers[] = {
      {"router-in", router_in}, {"router-out", router_out}, {"router-echo", router_echo}, {"router-dispatch", router_dispatch}};
    static const struct { const char *name; void (*run) (void); } dealers[] = {
      {"dealer-out", dealer_out}, {"dealer-in", dealer_in}, {"dealer-rtt", dealer_rtt}, {"dealer-window", dealer_window}, {"dealer-work", dealer_work}};

    if (argc != 7)
        wrong ("zmqbench ROLE ENDPOINT SIZE COUNT WIDTH CURVE");
    size = (size_t) atol (argv[3]);
    warm = atol (argv[4]) / 4;
    total = warm + atol (argv[4]);
    width = atoi (argv[5]);
    curve = atoi (argv[6]);
    if (total < 1 || width < 1 || width > MAX_WIDTH)
        wrong ("COUNT must be 1 or more, WIDTH 1 to 64");
    if (curve && !zmq_has ("curve"))
        wrong ("this libzmq was built without CURVE");

    /* An orphan ends by itself. */
    alarm (LIMIT_SECONDS);
    payload = malloc (size + 1);
    memset (payload, 'x', size + 1);
    context = zmq_ctx_new ();
    for (size_t i = 0; i < sizeof routers / sizeof *routers; i++)
        if (strcmp (argv[1], routers[i].name) == 0)
            routers[i].run (bind_router (argv[2]));
    for (size_t i = 0; i < sizeof dealers / sizeof *dealers; i++)
        if (strcmp (argv[1], dealers[i].name) == 0)
            dealers[i].run ();
    wrong ("unknown ROLE");
    return 1;
}
