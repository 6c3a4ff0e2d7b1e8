using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Iarnet.Bus.Tests.Peers;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Wire;

/// <summary>The hand-written envelope against generated protobuf: C#'s and Python's.</summary>
public sealed class EnvelopeTests
{
    private static readonly Gen<string> Text =
        ArbMap.Default.GeneratorFor<string>().Select(static text => new string([.. (text ?? "").Where(static c => !char.IsSurrogate(c)).Take(50)]));

    private static readonly Gen<ulong> Number =
        Gen.OneOf(Gen.Choose(0, 300).Select(static n => (ulong)n), ArbMap.Default.GeneratorFor<ulong>(), Gen.Constant(ulong.MaxValue));

    private static readonly Gen<Message> MessageGen =
        from sequence in Number
        from kind in Gen.Choose(0, 4)
        from correlation in Number
        from priority in Gen.Choose(0, 2)
        from trace in Text
        from payload in ArbMap.Default.GeneratorFor<byte[]>()
        from timeLeft in Number
        select new Message
        {
            Sequence = sequence,
            Kind = (MessageKind)kind,
            Correlation = correlation,
            Priority = (uint)priority,
            Traceparent = trace,
            Payload = ByteString.CopyFrom(payload ?? []),
            TimeLeftUs = timeLeft,
        };

    [Fact]
    public void What_protobuf_writes_is_read_with_every_field()
    {
        var envelopes =
            from version in Gen.Choose(0, 5)
            from acknowledged in Number
            from messages in MessageGen.ListOf()
            from id in Text
            from language in Text
            from pid in Gen.Choose(0, int.MaxValue)
            from received in Number
            from incarnation in Number
            from reason in Text
            from parts in Gen.Choose(0, 7)
            select Build(version, acknowledged, messages, id, language, pid, received, incarnation, reason, parts);
        Prop.ForAll(envelopes.ToArbitrary(), static envelope =>
        {
            var reader = new EnvelopeReader();
            Assert.True(reader.TryBegin(envelope.ToByteArray()));
            Assert.Equal(envelope, Rebuild(reader));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_written_by_hand_is_read_by_protobuf()
    {
        Prop.ForAll(MessageGen.ToArbitrary(), Number.ToArbitrary(), static (message, acknowledged) =>
        {
            var mine = Mine(message);
            var front = new byte[EnvelopeWriter.MaxFront];
            var size = EnvelopeWriter.WriteFront(front, acknowledged, mine);
            var expected = new Envelope { Version = 1, Acknowledged = acknowledged, Messages = { message } };
            Assert.Equal(expected, Envelope.Parser.ParseFrom([.. front[..size], .. message.Payload]));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Messages_that_share_an_envelope_are_read_by_protobuf_until_it_is_full()
    {
        Prop.ForAll(MessageGen.NonEmptyListOf().ToArbitrary(), Gen.Choose(500, 4000).ToArbitrary(), static (messages, size) =>
        {
            var target = new byte[size];
            var writer = EnvelopeWriter.Begin(target, 7);
            var expected = new Envelope { Version = 1, Acknowledged = 7 };
            foreach (var message in messages)
            {
                if (!EnvelopeWriter.TryWriteMessage(ref writer, Mine(message)))
                {
                    Assert.True(writer.Room < EnvelopeWriter.MaxFront + message.Payload.Length);
                    break;
                }

                expected.Messages.Add(message);
            }

            Assert.Equal(expected, Envelope.Parser.ParseFrom(target, 0, writer.Position));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Ready_welcome_and_goodbye_are_read_by_protobuf()
    {
        Prop.ForAll(Text.ToArbitrary(), Number.ToArbitrary(), static (text, number) =>
        {
            var ready = Envelope.Parser.ParseFrom(EnvelopeWriter.WriteReady(text, new BusReady(text, text, 77, number), number));
            Assert.Equal(new Ready { ComponentId = text, Language = text, RuntimeVersion = text, ProcessId = 77, Received = number, Incarnation = number }, ready.Ready);
            Assert.Equal(new Welcome { NodeId = text, Received = number }, Envelope.Parser.ParseFrom(EnvelopeWriter.WriteWelcome(text, number)).Welcome);
            Assert.Equal(text, Envelope.Parser.ParseFrom(EnvelopeWriter.WriteGoodbye(text)).Goodbye.Reason);
            Assert.Equal(new Envelope { Version = 1 }, Envelope.Parser.ParseFrom(EnvelopeWriter.WritePrompt()));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Unknown_fields_are_skipped_wherever_they_stand()
    {
        // 100: varint, 101: fixed64, 102: bytes, 103: fixed32, before and behind what is known.
        byte[] unknown = [0xA0, 0x06, 0x96, 0x01, 0xA9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xB2, 0x06, 2, 9, 9, 0xBD, 0x06, 1, 2, 3, 4];
        var known = new Envelope { Version = 1, Acknowledged = 5, Messages = { new Message { Sequence = 3, Payload = ByteString.CopyFromUtf8("x") } } };
        byte[] bytes = [.. unknown, .. known.ToByteArray(), .. unknown];
        var reader = new EnvelopeReader();
        Assert.True(reader.TryBegin(bytes));
        Assert.Equal(known, Rebuild(reader));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_throw()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes => ReadAll(bytes ?? [])).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void A_mutated_envelope_is_read_or_refused_and_never_throws(int seed)
    {
        var random = new SeededRandom(seed);
        var valid = Build(1, 300, [new Message { Sequence = 9, Kind = MessageKind.Request, Correlation = 1, Traceparent = "t", Payload = ByteString.CopyFromUtf8("payload") }], "id", "python", 7, 8, 9, "bye", 7).ToByteArray();
        for (var i = 0; i < 50_000; i++)
        {
            var mutated = (byte[])valid.Clone();
            for (var changes = random.Next(4); changes >= 0; changes--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            ReadAll(mutated[..random.Next(mutated.Length + 1)]);
        }
    }

    [Fact]
    public void A_text_over_its_limit_is_refused()
    {
        var envelope = new Envelope { Version = 1, Goodbye = new Goodbye { Reason = new string('x', EnvelopeReader.MaxText + 1) } };
        Assert.False(new EnvelopeReader().TryBegin(envelope.ToByteArray()));
    }

    [Fact]
    public async Task Python_protobuf_reads_what_is_written_by_hand_and_writes_what_is_read()
    {
        using var folder = PythonProto.Generate();
        await folder.Done;
        var message = new EnvelopeMessage { Sequence = 300, Kind = EnvelopeKind.Request, Correlation = ulong.MaxValue, Priority = BusPriority.Urgent, TraceParent = "00-ä", Payload = new byte[] { 1, 2, 3 } };
        var front = new byte[EnvelopeWriter.MaxFront];
        byte[] mine = [.. front[..EnvelopeWriter.WriteFront(front, 70_000, message)], 1, 2, 3];
        var output = await PythonPeer.RunAsync(Path.Combine(PythonPeer.Folder, "envelope.py"), folder.Path, Convert.ToHexString(mine));
        var lines = output.Split('\n');
        Assert.Equal("1 70000 300 1 18446744073709551615 2 00-ä 010203", lines[0]);
        var reader = new EnvelopeReader();
        Assert.True(reader.TryBegin(Convert.FromHexString(lines[1])));
        Assert.Equal("py-1", reader.ComponentId);
        Assert.Equal(0xFEDCBA9876543210, reader.Incarnation);
        Assert.True(reader.TryNext(out var back, out _));
        Assert.Equal((ulong)42, back.Sequence);
        Assert.Equal(EnvelopeKind.Fault, back.Kind);
        Assert.Equal("why"u8.ToArray(), back.Payload.ToArray());
    }

    private static EnvelopeMessage Mine(Message message) => new()
    {
        Sequence = message.Sequence,
        Kind = (EnvelopeKind)message.Kind,
        Correlation = message.Correlation,
        Priority = (BusPriority)message.Priority,
        TraceParent = message.Traceparent,
        Payload = message.Payload.Memory,
        TimeLeft = message.TimeLeftUs,
    };

    private static void ReadAll(byte[] bytes)
    {
        var reader = new EnvelopeReader();
        if (!reader.TryBegin(bytes))
        {
            return;
        }

        long payload = 0;
        while (reader.TryNext(out var message, out _))
        {
            payload += message.Payload.Length;
        }

        Assert.True(payload <= bytes.Length);
    }

    private static Envelope Build(int version, ulong acknowledged, IEnumerable<Message> messages, string id, string language, int pid, ulong received, ulong incarnation, string reason, int parts)
    {
        var envelope = new Envelope { Version = (uint)version, Acknowledged = acknowledged, Messages = { messages } };
        if ((parts & 1) != 0)
        {
            envelope.Ready = new Ready { ComponentId = id, Language = language, RuntimeVersion = reason, ProcessId = (uint)pid, Received = received, Incarnation = incarnation };
        }

        if ((parts & 2) != 0 && (parts & 1) == 0)
        {
            envelope.Welcome = new Welcome { NodeId = id, Received = received };
        }

        if ((parts & 4) != 0)
        {
            envelope.Goodbye = new Goodbye { Reason = reason };
        }

        return envelope;
    }

    private static Envelope Rebuild(EnvelopeReader reader)
    {
        var envelope = new Envelope { Version = reader.Version, Acknowledged = reader.Acknowledged };
        if (reader.HasReady)
        {
            envelope.Ready = new Ready { ComponentId = reader.ComponentId, Language = reader.Language, RuntimeVersion = reader.RuntimeVersion, ProcessId = (uint)reader.ProcessId, Received = reader.Received, Incarnation = reader.Incarnation };
        }

        if (reader.HasWelcome)
        {
            envelope.Welcome = new Welcome { NodeId = reader.NodeId, Received = reader.Received };
        }

        if (reader.HasGoodbye)
        {
            envelope.Goodbye = new Goodbye { Reason = reader.Reason };
        }

        while (reader.TryNext(out var message, out var malformed))
        {
            Assert.False(malformed);
            envelope.Messages.Add(new Message
            {
                Sequence = message.Sequence,
                Kind = (MessageKind)message.Kind,
                Correlation = message.Correlation,
                Priority = (uint)message.Priority,
                Traceparent = message.TraceParent,
                Payload = ByteString.CopyFrom(message.Payload.Span),
                TimeLeftUs = message.TimeLeft,
            });
        }

        return envelope;
    }
}
