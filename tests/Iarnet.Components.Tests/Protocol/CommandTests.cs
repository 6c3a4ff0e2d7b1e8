using Google.Protobuf;
using Iarnet.Components.Protocol;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Tests.Protocol;

/// <summary>What is written by hand is read by the generated classes, and the other way round.</summary>
public sealed class CommandTests
{
    private static readonly ObjectId Id = ObjectId.Parse("00112233445566778899aabbccddeeff");

    [Fact]
    public void A_command_written_by_hand_is_what_the_generated_classes_read()
    {
        var buffer = new ByteBuffer(1);
        CommandWriter.Load(buffer, new LoadFunction { FunctionNumber = 7, Name = "Words.Count", Dotnet = new DotNetCode { Assembly = "Words" } });
        CommandWriter.Invoke(buffer, 300, 7, [Inline("json", "42"u8), Reference(123_456)], 2, "00-aa-bb-01");
        CommandWriter.Invoke(buffer, 301, 7, [], 0, "");
        CommandWriter.Cancel(buffer, 299);
        CommandWriter.Cancel(buffer, ulong.MaxValue);
        CommandWriter.Drain(buffer);

        var read = ActorCommand.Parser.ParseFrom(buffer.Detach());

        Assert.Equal("Words.Count", Assert.Single(read.Load).Name);
        Assert.Equal(2, read.Invoke.Count);
        var call = read.Invoke[0];
        Assert.Equal((300UL, 7U, 2U, "00-aa-bb-01"), (call.CallId, call.FunctionNumber, call.Attempt, call.Traceparent));
        Assert.Equal(("json", "42", 2UL), (call.Arguments[0].Codec, call.Arguments[0].Inline.ToStringUtf8(), call.Arguments[0].Size));
        Assert.Equal(Value.BodyOneofCase.Reference, call.Arguments[1].BodyCase);
        Assert.Equal("00112233445566778899aabbccddeeff", Convert.ToHexStringLower(call.Arguments[1].Reference.Id.Span));
        Assert.Equal(("node", 123_456UL), (call.Arguments[1].Reference.Source, call.Arguments[1].Size));
        Assert.Empty(read.Invoke[1].Arguments);
        Assert.Equal([299UL, ulong.MaxValue], read.Cancel);
        Assert.True(read.Drain);
    }

    [Fact]
    public void A_command_of_the_generated_classes_is_read_by_hand()
    {
        var command = new ActorCommand
        {
            Load = { new LoadFunction { FunctionNumber = 1, Name = "f" } },
            Invoke =
            {
                new Invoke
                {
                    CallId = 5,
                    FunctionNumber = 1,
                    Attempt = 3,
                    Traceparent = "t",
                    Arguments =
                    {
                        new Value { Codec = "raw", Inline = ByteString.Empty },
                        new Value { Reference = new Wire.ObjectRef { Id = ByteString.CopyFrom(Convert.FromHexString(Id.ToString())), Source = "node" }, Size = 9 },
                    },
                },
            },
            Cancel = { 1, 128, 70_000 },
            Drain = true,
        };
        var seen = new Recorder();

        CommandReader.Read(command.ToByteArray(), new TextCache(), seen);

        Assert.Equal("f", Assert.Single(seen.Loads).Name);
        var call = Assert.Single(seen.Invokes);
        Assert.Equal((5UL, 1U, 3U, "t"), (call.CallId, call.Function, call.Attempt, call.Traceparent));
        Assert.False(call.Arguments[0].IsReference);
        Assert.Equal("raw", call.Arguments[0].Payload.Codec);
        Assert.Equal(0, call.Arguments[0].Payload.Bytes.Length);
        Assert.Equal(new Objects.ObjectRef(Id, "node"), call.Arguments[1].Reference);
        Assert.Equal(9, call.Arguments[1].Size);
        Assert.Equal([1UL, 128UL, 70_000UL], seen.Cancels);
        Assert.Equal(1, seen.Drains);
    }

    [Fact]
    public void Fields_that_are_not_known_are_passed_over()
    {
        var buffer = new ByteBuffer();
        // Field 15 as a number, 14 as bytes, 13 as 8 bytes, 12 as 4 bytes.
        Append(buffer, [0x78, 0x96, 0x01, 0x72, 0x03, 1, 2, 3, 0x69, 1, 2, 3, 4, 5, 6, 7, 8, 0x65, 1, 2, 3, 4]);
        CommandWriter.Cancel(buffer, 4);
        var seen = new Recorder();

        CommandReader.Read(buffer.Detach(), new TextCache(), seen);

        Assert.Equal([4UL], seen.Cancels);
    }

    [Theory]
    [InlineData("12ff")] // a length without end
    [InlineData("1205")] // longer than what is there
    [InlineData("12ffffffffffffffffff01")] // longer than any memory
    [InlineData("1a01ff")] // a packed number that does not end
    [InlineData("00")] // field number 0
    [InlineData("0f")] // wire type 7
    [InlineData("6901")] // half a fixed number
    [InlineData("ffffffffffffffffffff01")] // a tag of more than 64 bits
    [InlineData("12051a031a01ff")] // a broken reference in an argument
    [InlineData("0a02ffff")] // a function that is none
    public void Bytes_that_are_no_command_are_refused(string hex)
    {
        Assert.Throws<InvalidDataException>(() => CommandReader.Read(Convert.FromHexString(hex), new TextCache(), new Recorder()));
    }

    [Fact]
    public void An_object_id_of_another_length_is_refused()
    {
        var command = new ActorCommand { Invoke = { new Invoke { Arguments = { new Value { Reference = new Wire.ObjectRef { Id = ByteString.CopyFrom(1, 2, 3) } } } } } };

        var error = Assert.Throws<InvalidDataException>(() => CommandReader.Read(command.ToByteArray(), new TextCache(), new Recorder()));

        Assert.Contains("object id has 3 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_and_every_cut_of_a_good_command_end_in_a_value_or_in_one_kind_of_error()
    {
        var buffer = new ByteBuffer();
        CommandWriter.Load(buffer, new LoadFunction { FunctionNumber = 7, Name = "Words.Count" });
        CommandWriter.Invoke(buffer, 300, 7, [Inline("json", "42"u8), Reference(1)], 2, "t");
        var good = buffer.Detach();
        var random = new SeededRandom(20_261_121);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = good[..random.Next(good.Length + 1)];
            for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var error = Record.Exception(() => CommandReader.Read(bytes, new TextCache(), new Recorder()));

            Assert.True(error is null or InvalidDataException, $"seed {random.Seed}, round {round}, {Convert.ToHexString(bytes)}: {error}");
        }
    }

    private static void Append(ByteBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer.Reserve(bytes.Length));
        buffer.Advance(bytes.Length);
    }

    private static EncodedValue Inline(string codec, ReadOnlySpan<byte> bytes) => new(new Payload(codec, bytes.ToArray()));

    private static EncodedValue Reference(long size) => new(new Objects.ObjectRef(Id, "node"), size);

    private sealed class Recorder : ICommandSink
    {
        public List<LoadFunction> Loads { get; } = [];

        public List<InvokeCommand> Invokes { get; } = [];

        public List<ulong> Cancels { get; } = [];

        public int Drains { get; private set; }

        public void Load(LoadFunction load) => Loads.Add(load);

        public void Invoke(in InvokeCommand invoke) => Invokes.Add(invoke);

        public void Cancel(ulong callId) => Cancels.Add(callId);

        public void Drain() => Drains++;
    }
}
