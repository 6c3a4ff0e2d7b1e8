using System.Buffers.Binary;
using Iarnet.Bus.Components;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Components.Simulation;

/// <summary>
/// Two real flows on a simulated wire and clock, driven by chance and watched by a model. Everything happens on one thread, so a
/// seed gives the same run again.
/// </summary>
internal sealed class FlowSimulation
{
    private readonly List<SentMessage> _open = [];
    private readonly Dictionary<int, SentMessage> _messages = [];
    private readonly SimulatedEnd _engine;
    private readonly bool _requests;
    private readonly bool _restarts;
    private readonly int _bound;
    private SimulatedEnd _component;
    private SimulatedConnection? _dialed;
    private ulong _incarnation = 1;
    private int _lastLetIn;
    private int _step;

    public FlowSimulation(int seed)
    {
        Random = new SeededRandom(seed);
        _requests = Random.Next(2) == 0;
        _restarts = Random.Next(4) == 0;
        _bound = 1 + Random.Next(8);
        Limits = new FlowLimits(1 + Random.Next(60), 1000 + Random.Next(20_000), 10_000);
        _engine = new SimulatedEnd(this, isEngine: true, takesBatches: Random.Next(2) == 0, incarnation: 0);
        _component = new SimulatedEnd(this, isEngine: false, takesBatches: Random.Next(2) == 0, _incarnation);
    }

    public SeededRandom Random { get; }

    public SimulatedTime Time { get; } = new();

    public FlowLimits Limits { get; }

    public int Deliveries { get; private set; }

    public int Expirations { get; private set; }

    public int Replies { get; private set; }

    public int Connections { get; private set; }

    public void Run(int steps)
    {
        for (_step = 0; _step < steps; _step++)
        {
            Step();
            Observe();
            CheckBounds(_engine);
            CheckBounds(_component);
        }

        Heal();
        foreach (var message in _messages.Values)
        {
            Check(message.Fate is not (Fate.Queued or Fate.Outside) || message.IsRequest, $"{message} never ended");
        }

        Check(_open.Count == 0, $"{_open.Count} still wait, the first for {_open.FirstOrDefault()}");
        foreach (var end in (SimulatedEnd[])[_engine, _component])
        {
            Check(end.Flow is { KeptMessages: 0, KeptBytes: 0, ActiveRequests: 0 }, $"{end.Flow.KeptMessages} messages, {end.Flow.KeptBytes} bytes and {end.Flow.ActiveRequests} requests are left");
        }
    }

    public void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Seed {Random.Seed}, step {_step}: {what}.");
        }
    }

    public void Delivered(SimulatedEnd to, in BusMessage message, int[] lastOfLevel)
    {
        var id = BinaryPrimitives.ReadInt32LittleEndian(message.Payload.Span);
        Check(_messages.TryGetValue(id, out var sent), $"message {id} was never sent");
        Observe();
        Check(sent!.From != to && sent.From.IsEngine != to.IsEngine, $"{sent} came back to its sender");
        // What a killed component had sent may still arrive, until the engine hears of the new one.
        var late = sent.Fate == Fate.Lost && !sent.From.IsEngine && sent.From != _component;
        Check(sent.Fate == Fate.Queued || (sent.IsRequest && sent.Fate == Fate.Outside) || late, $"{sent} was delivered");
        Check(sent.IsRequest == (message.Kind == BusMessageKind.Request) && sent.Priority == message.Priority, $"{sent} came as {message.Kind}, {message.Priority}");
        Check(message.TimeToLive is { } left ? sent.Deadline != 0 && (left <= sent.TimeToLive || left == TimeSpan.FromMicroseconds(1)) : sent.Deadline == 0, $"{sent} of {sent.TimeToLive} came with {message.TimeToLive}");
        Check(Filled(message.Payload.Span[4..], (byte)id), $"{sent} came with other bytes");
        if (!sent.IsRequest)
        {
            Check(sent.LetIn > lastOfLevel[(int)sent.Priority], $"{sent} came after a later one of its level");
            lastOfLevel[(int)sent.Priority] = sent.LetIn;
        }

        sent.Fate = Fate.Delivered;
        Deliveries++;
    }

    public void Expired(SimulatedEnd end, in BusExpiredMessage message)
    {
        var sent = message.Tag as SentMessage;
        Check(sent is not null, "a message without its tag expired");
        // It may have been let in by what runs at this moment.
        Observe();
        // Told by a timer: its flow may have been closed or begun anew since.
        Check(sent!.From == end && (sent.Fate == Fate.Queued || (sent.Fate == Fate.Lost && _restarts)), $"{sent} was told as expired");
        Check(sent.Deadline != 0 && sent.Deadline <= Time.GetTimestamp(), $"{sent} expired before its time");
        Check(message.TimeToLive == sent.TimeToLive && message.Priority == sent.Priority, $"{sent} was told with {message}");
        sent.Fate = Fate.Expired;
        Expirations++;
    }

    /// <summary>An end learns that the other one has forgotten everything, or is no more itself: what it had let in is lost.</summary>
    public void Forgotten(SimulatedEnd end)
    {
        Observe();
        foreach (var message in _messages.Values)
        {
            if (message.From == end && message.Fate == Fate.Queued)
            {
                message.Fate = Fate.Lost;
            }
        }
    }

    private void Step()
    {
        var end = Random.Next(2) == 0 ? _engine : _component;
        switch (Random.Next(24))
        {
            case < 5:
                Send(end);
                break;
            case < 7:
                SendBatch(end);
                break;
            case < 9:
                SendWaiting(end);
                break;
            case < 11 when _requests:
                Request(end);
                break;
            case 11 when _open.Count > 0:
                CancelOne();
                break;
            case 12:
                end.Answer();
                break;
            case 13:
                Time.Advance(TimeSpan.FromTicks(Random.Next(200_000)));
                break;
            case 14:
                Disturb(end);
                break;
            case 15 when _restarts && Random.Next(8) == 0:
                Restart();
                break;
            default:
                Move();
                break;
        }
    }

    /// <summary>The wire works: something is sent, something arrives, over the connection in use and over the one that it replaced.</summary>
    private void Move()
    {
        Move(_dialed);
        if (_engine.Current != _dialed)
        {
            Move(_engine.Current);
        }

        void Move(SimulatedConnection? connection)
        {
            if (connection is null)
            {
                return;
            }

            if (!connection.IsCut)
            {
                connection.ToEngine.Transmit(Random.Next(6));
                connection.ToComponent.Transmit(Random.Next(6));
            }

            _engine.Receive(connection, Random.Next(6));
            if (connection == _dialed)
            {
                _component.Receive(connection, Random.Next(6));
            }
        }
    }

    private void Disturb(SimulatedEnd end)
    {
        switch (Random.Next(5))
        {
            case 0:
                _dialed?.Cut(Random);
                break;
            case 4 when _dialed is not null:
                // As one does that is asked to: the engine sends again what is still under way, so that it comes twice.
                _component.SayReady(_dialed);
                break;
            case 1 when end.IsEngine && _engine.Current is { } current:
                current.Cut(Random);
                _engine.Leave(current);
                break;
            default:
                // The component connects anew; whether the engine has noticed anything is open, and what is under way on the old
                // connection still arrives there.
                Connect(Random.Next(2) == 0);
                break;
        }
    }

    private void Connect(bool cut)
    {
        if (_dialed is { } old)
        {
            if (cut)
            {
                old.Cut(Random);
            }

            _component.Leave(old);
        }

        Connections++;
        _dialed = new SimulatedConnection(_bound, _engine, _component);
        _component.SayReady(_dialed);
    }

    private void Restart()
    {
        Forgotten(_component);
        _component.Flow.Close("it was killed");
        if (_dialed is { } old)
        {
            _component.Leave(old);
            _dialed = null;
        }

        Observe();
        // What the engine has sent and the component has not had is lost when the engine learns of it; what was handed over is not.
        _component = new SimulatedEnd(this, isEngine: false, takesBatches: Random.Next(2) == 0, ++_incarnation);
        Connect(cut: false);
    }

    private SentMessage Create(SimulatedEnd end, BusPriority priority, TimeSpan? timeToLive, bool request = false)
    {
        var message = new SentMessage(_messages.Count, end, priority, timeToLive, timeToLive is { } time ? Time.GetTimestamp() + time.Ticks : 0) { IsRequest = request };
        _messages.Add(message.Id, message);
        return message;
    }

    private SentMessage Create(SimulatedEnd end) =>
        Create(end, (BusPriority)Random.Next(3), Random.Next(3) == 0 ? TimeSpan.FromTicks(1 + Random.Next(400_000)) : null);

    private byte[] Payload(SentMessage message)
    {
        var payload = new byte[4 + (Random.Next(10) == 0 ? Random.Next(6000) : Random.Next(40))];
        payload.AsSpan().Fill((byte)message.Id);
        BinaryPrimitives.WriteInt32LittleEndian(payload, message.Id);
        return payload;
    }

    private static BusSendOptions Options(SentMessage message) => new() { Priority = message.Priority, TimeToLive = message.TimeToLive, Tag = message };

    private void Send(SimulatedEnd end)
    {
        var message = Create(end);
        var payload = Payload(message);
        var full = IsFull(end, payload.Length, 1);
        LetIn(message);
        var taken = end.Flow.TrySend(EnvelopeKind.OneWay, 0, payload, Options(message));
        Check(taken != full, $"{message} was {(taken ? "let in" : "refused")} with {end.Flow.KeptMessages} messages and {end.Flow.KeptBytes} bytes kept");
        if (!taken)
        {
            message.Fate = Fate.Refused;
        }
    }

    private void SendBatch(SimulatedEnd end)
    {
        // Without a time to live: the tag is one for all of them, and the model knows a message by it.
        var priority = (BusPriority)Random.Next(3);
        var messages = Enumerable.Range(0, 1 + Random.Next(12)).Select(_ => Create(end, priority, timeToLive: null)).ToArray();
        var payloads = messages.Select(message => (ReadOnlyMemory<byte>)Payload(message)).ToArray();
        var full = IsFull(end, payloads.Sum(static payload => payload.Length), payloads.Length);
        try
        {
            foreach (var message in messages)
            {
                LetIn(message);
            }

            end.Flow.Send(payloads, new BusSendOptions { Priority = priority });
            Check(!full, $"a batch of {payloads.Length} was let in over the bound");
        }
        catch (BusFullException)
        {
            Check(full, $"a batch of {payloads.Length} was refused inside the bound");
            foreach (var message in messages)
            {
                message.Fate = Fate.Refused;
            }
        }
    }

    private void SendWaiting(SimulatedEnd end)
    {
        var message = Create(end);
        message.Cancel = new CancellationTokenSource();
        message.Waits(end.Flow.SendAsync(Payload(message), Options(message), message.Cancel.Token));
        _open.Add(message);
    }

    private void Request(SimulatedEnd end)
    {
        var timeout = TimeSpan.FromTicks(Random.Next(1_000_000));
        var message = Create(end, (BusPriority)Random.Next(3), timeout, request: true);
        message.Cancel = new CancellationTokenSource();
        message.Waits(end.Flow.RequestAsync(Payload(message), timeout, message.Priority, message.Cancel.Token));
        _open.Add(message);
    }

    private void CancelOne()
    {
        var message = _open[Random.Next(_open.Count)];
        message.IsCanceled = true;
        message.Cancel!.Cancel();
    }

    private void LetIn(SentMessage message)
    {
        message.Fate = Fate.Queued;
        message.LetIn = ++_lastLetIn;
    }

    /// <summary>Looks at everyone who waits. Those let in by one event were let in by level, and in order.</summary>
    private void Observe()
    {
        if (!_open.Exists(static message => message.HasEnded))
        {
            return;
        }

        foreach (var message in _open.Where(static message => message.HasEnded).OrderByDescending(static message => message.Priority).ToArray())
        {
            _open.Remove(message);
            if (message.IsRequest)
            {
                EndRequest(message);
            }
            else
            {
                EndSending(message);
            }
        }
    }

    private void EndSending(SentMessage message)
    {
        var sending = message.Sending;
        try
        {
            sending.GetAwaiter().GetResult();
            LetIn(message);
        }
        catch (MessageExpiredException)
        {
            Check(message.Deadline != 0 && message.Deadline <= Time.GetTimestamp(), $"the wait of {message} expired before its time");
            message.Fate = Fate.Refused;
        }
        catch (OperationCanceledException)
        {
            Check(message.IsCanceled, $"the wait of {message} was cancelled by nobody");
            message.Fate = Fate.Refused;
        }
        catch (ComponentLostException)
        {
            Check(_restarts, $"the wait of {message} failed although no end did");
            message.Fate = Fate.Refused;
        }
    }

    private void EndRequest(SentMessage message)
    {
        var reply = message.Reply;
        try
        {
            var payload = reply.GetAwaiter().GetResult();
            Check(BinaryPrimitives.ReadInt32LittleEndian(payload.Span) == ~message.Id, $"{message} has the reply to another");
            Check(message.Fate == Fate.Delivered, $"{message} has a reply and was not delivered");
            Replies++;
        }
        catch (RequestFailedException)
        {
            Check(message.Fate == Fate.Delivered, $"{message} has a fault and was not delivered");
        }
        catch (CallTimeoutException error)
        {
            Check(message.Deadline <= Time.GetTimestamp(), $"{message} timed out before its time");
            NeverLeft(message, error.Message.Contains("did not leave", StringComparison.Ordinal));
        }
        catch (OperationCanceledException error)
        {
            Check(message.IsCanceled, $"{message} was cancelled by nobody");
            NeverLeft(message, error.Message.Contains("before it left", StringComparison.Ordinal));
        }
        catch (ComponentLostException)
        {
            Check(_restarts, $"{message} was lost although no end was");
        }
    }

    private void NeverLeft(SentMessage message, bool neverLeft)
    {
        if (neverLeft)
        {
            Check(message.Fate == Fate.Outside, $"{message} is said not to have left");
            message.Fate = Fate.Refused;
        }
    }

    private bool IsFull(SimulatedEnd end, long bytes, int count) =>
        end.Flow.KeptMessages + count > Limits.Messages || ((end.Flow.KeptMessages > 0 || count > 1) && end.Flow.KeptBytes + bytes + (count * 128) > Limits.Bytes);

    private void CheckBounds(SimulatedEnd end)
    {
        // Cancellations of requests pass the bound on purpose.
        if (!_requests)
        {
            Check(end.Flow.KeptMessages <= Limits.Messages && (end.Flow.KeptBytes <= Limits.Bytes || end.Flow.KeptMessages == 1), $"{end.Flow.KeptMessages} messages and {end.Flow.KeptBytes} bytes are kept, {Limits} are the most");
        }
    }

    /// <summary>The network works again, and time passes: everything ends.</summary>
    private void Heal()
    {
        Connect(cut: true);
        for (var round = 0; round < 20; round++)
        {
            while (!_dialed!.ToEngine.IsEmpty || !_dialed.ToComponent.IsEmpty)
            {
                _dialed.ToEngine.Transmit(int.MaxValue);
                _dialed.ToComponent.Transmit(int.MaxValue);
                _engine.Receive(_dialed, int.MaxValue);
                _component.Receive(_dialed, int.MaxValue);
                Observe();
            }

            Time.Advance(TimeSpan.FromMilliseconds(25));
            Observe();
        }
    }

    private static bool Filled(ReadOnlySpan<byte> bytes, byte value) => bytes.IndexOfAnyExcept(value) < 0;
}
