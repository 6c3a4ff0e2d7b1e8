using Iarnet.Bus.Components;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Tests.Components.Simulation;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Components;

/// <summary>What the flows allocate when they have been going for a while, both ends on this thread.</summary>
// Listeners are of the process, and what they hear is allocated: not at the same time.
[Collection("Telemetry")]
public sealed class FlowAllocationTests
{
    private const int Rounds = 2000;
    private static readonly byte[] Payload = new byte[64];

    [Fact]
    public void A_one_way_message_allocates_nothing()
    {
        var pair = new Pair();
        Assert.Equal(0, Allocated(() =>
        {
            pair.Left.Send(EnvelopeKind.OneWay, 0, Payload, default);
            pair.Exchange();
        }));
        Assert.True(pair.Received >= Rounds);
    }

    [Fact]
    public void Messages_that_wait_with_a_time_to_live_and_batches_allocate_nothing()
    {
        var pair = new Pair();
        var batch = Enumerable.Repeat((ReadOnlyMemory<byte>)Payload, 50).ToArray();
        var options = new BusSendOptions { Priority = BusPriority.High, TimeToLive = TimeSpan.FromMinutes(1) };
        Assert.Equal(0, Allocated(() =>
        {
            pair.Full = true;
            pair.Left.Send(batch, options);
            pair.Left.Send(EnvelopeKind.OneWay, 0, Payload, options);
            pair.Full = false;
            pair.Left.Continue();
            pair.Exchange();
        }));
        Assert.True(pair.Received >= Rounds * 51);
    }

    [Fact]
    public void A_request_allocates_the_bytes_of_its_reply_and_nothing_else()
    {
        var pair = new Pair();
        using var cancel = new CancellationTokenSource();
        var perRequest = Allocated(() =>
        {
            pair.Finish(pair.Left.RequestAsync(Payload, TimeSpan.FromMinutes(1), BusPriority.Normal, cancel.Token));
        });

        // The header of an array beside its bytes.
        Assert.InRange(perRequest, Payload.Length, Payload.Length + 24);
    }

    private static double Allocated(Action round)
    {
        for (var i = 0; i < Rounds; i++)
        {
            round();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            round();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rounds;
    }

    private sealed class Pair
    {
        private readonly Sink _there;
        private readonly Sink _back;

        public Pair()
        {
            var limits = new FlowLimits(10_000, 10_000_000, 100_000);
            _there = new Sink();
            _back = new Sink();
            // A clock that stands: a timer of the system's would send from another thread.
            var time = new SimulatedTime();
            Left = new MessageFlow("right", limits, new Receiver(this), time);
            Right = new MessageFlow("left", limits, new Receiver(this), time);
            Left.TryAttach(_there, 0);
            Right.TryAttach(_back, 0);
        }

        public MessageFlow Left { get; }

        public MessageFlow Right { get; }

        public int Received { get; private set; }

        public bool Full
        {
            set => _there.IsFull = value;
        }

        public void Exchange()
        {
            _there.DeliverTo(Right);
            _back.DeliverTo(Left);
        }

        public void Finish(ValueTask<ReadOnlyMemory<byte>> request)
        {
            Exchange();
            Assert.True(request.IsCompleted);
            Assert.True(request.GetAwaiter().GetResult().Length == Payload.Length);
        }

        private sealed class Receiver(Pair pair) : IFlowReceiver
        {
            public bool TakesBatches => true;

            public void Received(in BusMessage message) => throw new NotSupportedException();

            public void Received(ReadOnlySpan<BusMessage> messages)
            {
                foreach (ref readonly var message in messages)
                {
                    pair.Received++;
                    if (message.Kind == BusMessageKind.Request)
                    {
                        pair.Right.Send(EnvelopeKind.Reply, message.Correlation, Payload, default);
                    }
                }
            }

            public void Canceled(ulong correlation)
            {
            }

            public void Expired(in BusExpiredMessage message)
            {
            }

            public void Threw(Exception exception) => throw new InvalidOperationException("a call of the handler failed", exception);
        }
    }

    private sealed class Sink : IMessageSink
    {
        private readonly byte[] _bytes = new byte[1 << 20];
        private readonly Queue<(int Start, int Length)> _envelopes = new();
        private readonly EnvelopeReader _reader = new();
        private int _end;

        public bool IsFull { get; set; }

        public SendOutcome TryAppend(ReadOnlySpan<byte> head, ReadOnlyMemory<byte> rest, bool evenIfFull = false)
        {
            if (IsFull && !evenIfFull)
            {
                return SendOutcome.Full;
            }

            head.CopyTo(_bytes.AsSpan(_end));
            rest.Span.CopyTo(_bytes.AsSpan(_end + head.Length));
            _envelopes.Enqueue((_end, head.Length + rest.Length));
            _end += head.Length + rest.Length;
            return SendOutcome.Queued;
        }

        public void Flush()
        {
        }

        public void DeliverTo(MessageFlow flow)
        {
            while (_envelopes.TryDequeue(out var envelope))
            {
                Assert.True(_reader.TryBegin(_bytes.AsMemory(envelope.Start, envelope.Length)));
                flow.Acknowledge(_reader.Acknowledged);
                flow.Deliver(_reader);
            }

            _end = 0;
            flow.AfterBatch();
        }
    }
}
