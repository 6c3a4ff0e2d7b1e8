/* A peer of libzmq that sends back what it receives:
     echo ROUTER|DEALER|REQ|REP bind|connect ENDPOINT [OPTION...]
       identity=NAME            what it calls itself
       heartbeat=MILLISECONDS   it pings, and silence for so long ends the connection
       plain-client=USER:PASSWORD, plain-server=USER:PASSWORD
       curve-client=SERVERKEY, curve-server   with a pair of keys of its own
   It prints its endpoint, with CURVE also its public key; a ROUTER then prints the identity of the first peer, in hex.
   DEALER and REQ begin: they send "hello". */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define MUST(call) do { if ((call) < 0) { fprintf(stderr, "%s: %s\n", #call, zmq_strerror(zmq_errno())); exit(1); } } while (0)

static void *zap;
static const char *only_user;

/* The handler that libzmq asks about clients (ZAP, RFC 27): lets in one user. */
static void *decide(void *unused)
{
    char part[16][256];
    (void)unused;
    for (;;) {
        int count = 0, more = 1;
        size_t size = sizeof more;
        while (more && count < 16) {
            int length = zmq_recv(zap, part[count], sizeof part[count] - 1, 0);
            MUST(length);
            part[count++][length] = 0;
            MUST(zmq_getsockopt(zap, ZMQ_RCVMORE, &more, &size));
        }
        char user[520];
        snprintf(user, sizeof user, "%s:%s", part[6], part[7]);
        int good = strcmp(user, only_user) == 0;
        const char *answer[] = {"1.0", part[1], good ? "200" : "400", good ? "OK" : "No", good ? part[6] : "", ""};
        for (int i = 0; i < 6; i++)
            MUST(zmq_send(zap, answer[i], strlen(answer[i]), i < 5 ? ZMQ_SNDMORE : 0));
    }
    return 0;
}

static void set_number(void *socket, int option, int value)
{
    MUST(zmq_setsockopt(socket, option, &value, sizeof value));
}

static void set_text(void *socket, int option, const char *text)
{
    MUST(zmq_setsockopt(socket, option, text, strlen(text)));
}

static void make_keys(void *socket, char *public_key)
{
    char secret_key[41];
    MUST(zmq_curve_keypair(public_key, secret_key));
    set_text(socket, ZMQ_CURVE_PUBLICKEY, public_key);
    set_text(socket, ZMQ_CURVE_SECRETKEY, secret_key);
}

static void apply(void *context, void *socket, char *option, char *public_key)
{
    char *value = strchr(option, '=');
    if (value)
        *value++ = 0;
    if (strcmp(option, "identity") == 0) {
        set_text(socket, ZMQ_ROUTING_ID, value);
    } else if (strcmp(option, "heartbeat") == 0) {
        set_number(socket, ZMQ_HEARTBEAT_IVL, 50);
        set_number(socket, ZMQ_HEARTBEAT_TIMEOUT, atoi(value));
        set_number(socket, ZMQ_HEARTBEAT_TTL, atoi(value));
    } else if (strcmp(option, "plain-client") == 0) {
        char *password = strchr(value, ':');
        *password++ = 0;
        set_text(socket, ZMQ_PLAIN_USERNAME, value);
        set_text(socket, ZMQ_PLAIN_PASSWORD, password);
    } else if (strcmp(option, "plain-server") == 0) {
        pthread_t thread;
        only_user = value;
        zap = zmq_socket(context, ZMQ_REP);
        MUST(zmq_bind(zap, "inproc://zeromq.zap.01"));
        MUST(-pthread_create(&thread, 0, decide, 0));
        set_number(socket, ZMQ_PLAIN_SERVER, 1);
    } else if (strcmp(option, "curve-client") == 0) {
        make_keys(socket, public_key);
        set_text(socket, ZMQ_CURVE_SERVERKEY, value);
    } else if (strcmp(option, "curve-server") == 0) {
        make_keys(socket, public_key);
        set_number(socket, ZMQ_CURVE_SERVER, 1);
    } else {
        fprintf(stderr, "unknown option %s\n", option);
        exit(2);
    }
}

int main(int count, char **args)
{
    if (count < 4)
        return 2;
    const char *kind = args[1], *endpoint = args[3];
    int is_router = strcmp(kind, "ROUTER") == 0, is_dealer = strcmp(kind, "DEALER") == 0, is_request = strcmp(kind, "REQ") == 0;
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, is_router ? ZMQ_ROUTER : is_dealer ? ZMQ_DEALER : is_request ? ZMQ_REQ : ZMQ_REP);
    char actual[256], public_key[41] = "";
    size_t size = sizeof actual;
    set_number(socket, ZMQ_LINGER, 0);
    set_number(socket, ZMQ_RECONNECT_IVL, 20);
    for (int i = 4; i < count; i++)
        apply(context, socket, args[i], public_key);

    if (strcmp(args[2], "bind") == 0)
        MUST(zmq_bind(socket, endpoint));
    else
        MUST(zmq_connect(socket, endpoint));
    MUST(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, actual, &size));
    printf("%s%s%s\n", actual, *public_key ? " " : "", public_key);
    fflush(stdout);
    if (is_dealer || is_request)
        MUST(zmq_send(socket, "hello", 5, 0));

    for (int known = !is_router;;) {
        static zmq_msg_t frames[1024];
        int received = 0, more = 1;
        /* Whole messages: a REP may not answer before it has all of the question. */
        while (more && received < 1024) {
            MUST(zmq_msg_init(&frames[received]));
            MUST(zmq_msg_recv(&frames[received], socket, 0));
            more = zmq_msg_more(&frames[received++]);
        }
        if (!known) {
            for (size_t i = 0; i < zmq_msg_size(&frames[0]); i++)
                printf("%02x", ((unsigned char *)zmq_msg_data(&frames[0]))[i]);
            puts("");
            fflush(stdout);
            known = 1;
        }
        for (int i = 0; i < received; i++)
            MUST(zmq_msg_send(&frames[i], socket, i < received - 1 ? ZMQ_SNDMORE : 0));
    }
}
