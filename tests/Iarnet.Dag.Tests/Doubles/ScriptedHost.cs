using System.Collections.Concurrent;
using System.Threading.Channels;
using Iarnet.Actors;

namespace Iarnet.Dag.Tests;

/// <summary>A host whose actors do what the test says, when it says it.</summary>
internal sealed class ScriptedHost(string language = "python") : IActorHost
{
    private readonly Channel<ScriptedGroup> _started = Channel.CreateUnbounded<ScriptedGroup>();

    public bool Supports(string asked) => asked == language;

    public IActorGroup StartGroup(ActorGroupSpec spec, IActorGroupObserver observer)
    {
        var group = new ScriptedGroup(spec, observer);
        _started.Writer.TryWrite(group);
        return group;
    }

    public Task<ScriptedGroup> NextGroup() => _started.Reader.ReadAsync().AsTask().Within("a group to be started");
}

internal sealed class ScriptedGroup(ActorGroupSpec spec, IActorGroupObserver observer) : IActorGroup
{
    public ActorGroupSpec Spec => spec;

    public IActorGroupObserver Observer => observer;

    public TaskCompletionSource Disposed { get; } = new();

    public ScriptedActor AddActor(string id, int window = 1, double link = 0, double compute = 0, bool diesOnPost = false)
    {
        var actor = new ScriptedActor(id, observer)
        {
            Window = window,
            LinkLatency = TimeSpan.FromMilliseconds(link),
            ComputeLatency = TimeSpan.FromMilliseconds(compute),
            DiesOnPost = diesOnPost,
        };
        observer.ActorReady(actor);
        return actor;
    }

    public ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}

internal sealed class ScriptedActor(string id, IActorGroupObserver observer) : IActor
{
    // The signal is apart from the calls: a channel's reader keeps the last item that it waited for, and with it a data node alive.
    private readonly Channel<int> _signal = Channel.CreateUnbounded<int>();
    private readonly ConcurrentQueue<ActorCall> _calls = new();
    private int _received;
    private bool _dead;

    public string Id => id;

    public int Window { get; init; } = 1;

    public TimeSpan LinkLatency { get; set; }

    public TimeSpan ComputeLatency { get; set; }

    /// <summary>Its end is reported while calls are handed to it: the engine hears of the end first, of the calls after it.</summary>
    public bool DiesOnPost { get; init; }

    public int Received => Volatile.Read(ref _received);

    public ConcurrentQueue<int> Batches { get; } = new();

    public void Post(ReadOnlySpan<ActorCall> calls)
    {
        if (DiesOnPost && !_dead)
        {
            _dead = true;
            Lost("died under the hand-over");
        }

        if (_dead)
        {
            foreach (var call in calls)
            {
                Report(ActorOutcome.Lost(call, new ComponentLostException("dead already"), mayHaveRun: false));
            }

            return;
        }

        Batches.Enqueue(calls.Length);
        foreach (var call in calls)
        {
            Interlocked.Increment(ref _received);
            _calls.Enqueue(call);
            _signal.Writer.TryWrite(0);
        }
    }

    public async Task<ActorCall> NextCall()
    {
        await _signal.Reader.ReadAsync().Within($"a call to reach actor {id}");
        return _calls.TryDequeue(out var call) ? call : throw new InvalidOperationException("a signal without a call");
    }

    public bool TryNextCall(out ActorCall? call)
    {
        call = null;
        return _signal.Reader.TryRead(out _) && _calls.TryDequeue(out call);
    }

    public void Report(ActorOutcome outcome) => observer.CallsEnded(this, [outcome]);

    public void Lost(string reason) => observer.ActorLost(this, new ComponentLostException(reason));
}
