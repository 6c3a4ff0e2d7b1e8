using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Security;

public sealed class SealedMessageTests : IDisposable
{
    private readonly CurveKeyPair _clientKeys = CurveKeyPair.Generate();
    private readonly CurveKeyPair _serverKeys = CurveKeyPair.Generate();
    private readonly Mechanism _client;
    private readonly Mechanism _server;

    public SealedMessageTests() => (_client, _server) = Handshakes.Curve(_clientKeys, _serverKeys);

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _clientKeys.Dispose();
        _serverKeys.Dispose();
    }

    [Fact]
    public void Every_body_comes_back_with_its_flags() => Prop.ForAll<byte[], bool>((body, more) =>
    {
        var flags = more ? Mechanism.SealedMore : (byte)0;
        return Opened(_server, Sealed(_client, flags, body)) is var (opened, openedFlags) && openedFlags == flags && opened.AsSpan().SequenceEqual(body)
            && Opened(_client, Sealed(_server, flags, body)) is var (back, _) && back.AsSpan().SequenceEqual(body);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    // Around one block of the stream, a short frame's end, and the size above which the text is opened in two passes.
    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(222)]
    [InlineData(223)]
    [InlineData(4062)]
    [InlineData(4063)]
    [InlineData(4064)]
    [InlineData(4126)]
    [InlineData(4127)]
    [InlineData(65536)]
    [InlineData(1_000_003)]
    public void Bodies_at_the_bounds_come_back(int size)
    {
        var body = new byte[size];
        new Random(size).NextBytes(body);
        var frame = Sealed(_client, Mechanism.SealedCommand, body);
        Assert.Equal(size + 33 + (size + 33 > 255 ? 9 : 2), frame.Length);
        Assert.Equal(size + 33 > 255 ? 2 : 0, frame[0]);
        var (opened, flags) = Opened(_server, frame);
        Assert.Equal(body, opened);
        Assert.Equal(Mechanism.SealedCommand, flags);
    }

    [Fact]
    public void The_body_may_lie_beside_others_in_a_larger_target()
    {
        var target = new byte[200];
        var size = _client.Seal(0, "text"u8, target.AsSpan(50));
        Assert.Equal(-1, target.AsSpan(0, 50).IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, target.AsSpan(50 + size).IndexOfAnyExcept((byte)0));
        var opened = new byte[100];
        Assert.Equal(4, _server.Open(target.AsSpan(52, size - 2), opened.AsSpan(10), out _));
        Assert.Equal("text"u8.ToArray(), opened[10..14]);
        Assert.Throws<ArgumentException>(() => _server.Open(Sealed(_client, 0, "text"u8.ToArray()).AsSpan(2), new byte[3], out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4063)]
    [InlineData(4064)]
    [InlineData(70_000)]
    public void A_message_may_be_opened_where_it_stands(int size)
    {
        var body = new byte[size];
        new Random(size).NextBytes(body);
        var command = Command(Sealed(_client, 0, body));
        Assert.Equal(size, _server.Open(command, command.AsSpan(33), out _));
        Assert.Equal(body, command[33..]);
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(0)]
    [InlineData(20)]
    public void A_small_one_may_be_opened_across_itself(int shift)
    {
        var body = new byte[Mechanism.OpenedBeside - 33];
        new Random(shift).NextBytes(body);
        var buffer = new byte[Mechanism.OpenedBeside + 100];
        var command = Command(Sealed(_client, 0, body));
        command.CopyTo(buffer, 40);
        Assert.Equal(body.Length, _server.Open(buffer.AsSpan(40, command.Length), buffer.AsSpan(40 + shift), out _));
        Assert.Equal(body, buffer[(40 + shift)..(40 + shift + body.Length)]);
    }

    [Fact]
    public void The_box_is_the_one_of_nacl()
    {
        // tests/box.c of NaCl: the key that Alice and Bob share, a nonce, a text and its box.
        var key = Convert.FromHexString("1B27556473E985D462CD51197A9A46C76009549EAC6474F206C4EE0844F68389");
        var nonce = Convert.FromHexString("69696EE955B62B73CD62BDA875FC73D68219E0036B7A0B37");
        var text = Convert.FromHexString(
            "BE075FC53C81F2D5CF141316EBEB0C7B5228C52A4C62CBD44B66849B64244FFCE5ECBAAF33BD751A1AC728D45E6C61296CDC3C01233561F41DB66CCE314ADB31"
            + "0E3BE8250C46F06DCEEA3A7FA1348057E2F6556AD6B1318A024A838F21AF1FDE048977EB48F59FFD4924CA1C60902E52F0A089BC76897040E082F93776384864"
            + "5E0705");
        var box = Convert.FromHexString(
            "F3FFC7703F9400E52A7DFB4B3D3305D98E993B9F48681273C29650BA32FC76CE48332EA7164D96A4476FB8C531A1186AC0DFC17C98DCE87B4DA7F011EC48C972"
            + "71D2C20F9B928FE2270D6FB863D51738B48EEEE314A7CC8AB932164548E526AE90224368517ACFEABD6BB3732BC0E9DA99832B61CA01B6DE56244A9E88D5F9B3"
            + "7973F622A43D14A6599B1F654CB45A74E355A5");
        var target = new byte[16 + box.Length];
        text.CopyTo(target, MessageBox.Head);
        var messages = new MessageBox(nonce.AsSpan(0, 16), key);
        messages.Seal(nonce.AsSpan(16), target);
        Assert.Equal(box, target[16..]);
        var opened = new byte[text.Length - 1];
        Assert.True(messages.TryOpen(target, nonce.AsSpan(16), opened, out var first));
        Assert.Equal(text, (byte[])[first, .. opened]);

        var shared = new byte[32];
        Assert.True(Sodium.TrySharedKey(
            Convert.FromHexString("DE9EDB7D7B7DC1B4D35B61C2ECE435373F8343C85B78674DADFC7E146F882B4F"),
            Convert.FromHexString("77076D0A7318A57D3C16C17251B26645DF4C2F87EBC0992AB177FBA51DB92C2A"),
            shared));
        Assert.Equal(key, shared);
        var whole = new byte[box.Length];
        Sodium.Seal(text, nonce, key, whole);
        Assert.Equal(box, whole);
    }

    [Fact]
    public void Every_box_is_the_one_that_libsodium_makes() => Prop.ForAll<NonNegativeInt, int>((size, seed) =>
    {
        var random = new Random(seed);
        var (key, nonce, text) = (new byte[32], new byte[24], new byte[1 + (size.Get * 37 % 9000)]);
        random.NextBytes(key);
        random.NextBytes(nonce);
        random.NextBytes(text);
        var expected = new byte[text.Length + 16];
        Sodium.Seal(text, nonce, key, expected);
        var target = new byte[16 + expected.Length];
        text.CopyTo(target, MessageBox.Head);
        new MessageBox(nonce.AsSpan(0, 16), key).Seal(nonce.AsSpan(16), target);
        return target.AsSpan(16).SequenceEqual(expected);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_message_is_taken_once_and_none_from_before_it()
    {
        var first = Command(Sealed(_client, 0, "first"u8.ToArray()));
        var second = Command(Sealed(_client, 0, "second"u8.ToArray()));
        Assert.Equal(6, _server.Open(second, new byte[10], out _));
        Assert.Contains("not above", Assert.Throws<ProtocolException>(() => _server.Open(second, new byte[10], out _)).Message, StringComparison.Ordinal);
        Assert.Throws<ProtocolException>(() => _server.Open(first, new byte[10], out _));
    }

    [Fact]
    public void The_first_number_is_above_those_of_the_handshake()
    {
        Assert.Equal(3ul, BinaryPrimitives.ReadUInt64BigEndian(Sealed(_client, 0, []).AsSpan(2 + 8)));
        Assert.Equal(2ul, BinaryPrimitives.ReadUInt64BigEndian(Sealed(_server, 0, []).AsSpan(2 + 8)));
    }

    [Fact]
    public void A_message_is_not_taken_back_by_its_sender() =>
        Assert.Throws<ProtocolException>(() => _client.Open(Command(Sealed(_client, 0, "mine"u8.ToArray())), new byte[10], out _));

    [Fact]
    public void Every_changed_bit_is_noticed_and_no_text_comes_out()
    {
        foreach (var size in new[] { 5, 100, 5000 })
        {
            var command = Command(Sealed(_client, 0, new byte[size]));
            var random = new Random(size);
            for (var round = 0; round < 2000; round++)
            {
                var changed = (byte[])command.Clone();
                var bit = round < command.Length * 8 && size < 100 ? round : random.Next(command.Length * 8);
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                var target = new byte[size];
                Assert.Throws<ProtocolException>(() => _server.Open(changed, target, out _));
                Assert.Equal(-1, target.AsSpan().IndexOfAnyExcept((byte)0));
            }

            Assert.Equal(size, _server.Open(command, new byte[size], out _));
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var command = Command(Sealed(_client, 0, new byte[300]));
        for (var length = 0; length < command.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => _server.Open(command.AsSpan(0, length), new byte[300], out _));
        }
    }

    [Fact]
    public void No_text_goes_out_under_a_key_that_was_overwritten()
    {
        _client.Dispose();
        Assert.Throws<InvalidOperationException>(() => Sealed(_client, 0, "late"u8.ToArray()));
        var box = new MessageBox(new byte[16], new byte[32]);
        box.Forget();
        var target = new byte[40];
        target[MessageBox.Head] = 7;
        Assert.Throws<ObjectDisposedException>(() => box.Seal(new byte[8], target));
        Assert.Equal(-1, target.AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Mechanisms_that_do_not_seal_say_so()
    {
        var mechanism = BusSecurity.None.Create(default);
        Assert.False(mechanism.Seals);
        Assert.Throws<InvalidOperationException>(() => mechanism.SealedSize(1));
        Assert.Throws<InvalidOperationException>(() => mechanism.Seal(0, default, default));
        Assert.Throws<InvalidOperationException>(() => mechanism.Open(default, default, out _));
        Assert.Throws<InvalidOperationException>(() => BusSecurity.CurveServer(_serverKeys).Create(default).Seal(0, default, new byte[100]));
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        var (frame, target, body) = (new byte[9000], new byte[9000], new byte[8000]);
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                var size = i % 2 == 0 ? 60 : 8000;
                var written = _client.Seal(0, body.AsSpan(0, size), frame);
                Assert.True(size == _server.Open(frame.AsSpan(written - size - 33, size + 33), target, out _));
            }

            if (round == 1)
            {
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }
    }

    private static byte[] Sealed(Mechanism mechanism, byte flags, byte[] body)
    {
        var frame = new byte[mechanism.SealedSize(body.Length)];
        Assert.Equal(frame.Length, mechanism.Seal(flags, body, frame));
        return frame;
    }

    private static byte[] Command(byte[] frame) => frame[ZmtpFrames.ReadHeader(frame, out _, out _)..];

    private static (byte[] Body, byte Flags) Opened(Mechanism mechanism, byte[] frame)
    {
        var command = Command(frame);
        var target = new byte[command.Length];
        var length = mechanism.Open(command, target, out var flags);
        return (target[..length], flags);
    }
}
