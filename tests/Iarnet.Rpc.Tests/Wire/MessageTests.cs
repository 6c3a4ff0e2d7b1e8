using System.Buffers;
using System.IO.Pipelines;
using Iarnet.Rpc.Harness;

namespace Iarnet.Rpc.Wire;

public sealed class MessageTests
{
    private static readonly Marshaller<byte[]> Whole = Marshallers.Create<byte[]>((bytes, context) => context.Complete(bytes), context => context.PayloadAsNewBuffer());

    private static readonly Marshaller<byte[]> Announced = Marshallers.Create<byte[]>(
        (bytes, context) =>
        {
            context.SetPayloadLength(bytes.Length);
            context.GetBufferWriter().Write(bytes);
            context.Complete();
        },
        context => context.PayloadAsReadOnlySequence().ToArray());

    private static readonly Marshaller<byte[]> Unannounced = Marshallers.Create<byte[]>(
        (bytes, context) =>
        {
            context.GetBufferWriter().Write(bytes);
            context.Complete();
        },
        context => context.PayloadAsNewBuffer());

    public static TheoryData<int> Sizes => [0, 1, 250, 251, 252, 4091, 4096, 16 << 10, (16 << 10) + 1, 300_000];

    private static Marshaller<byte[]>[] Marshallers3 => [Whole, Announced, Unannounced];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task What_is_framed_is_read_whole_whatever_the_pieces(int size)
    {
        var message = new byte[size];
        new Random(size).NextBytes(message);
        foreach (var marshaller in Marshallers3)
        {
            var framed = await FrameAsync(marshaller, message, message);
            Assert.Equal(2 * (size + 5), framed.Length);
            foreach (var piece in new[] { 1, 7, 1 << 20 }.Where(piece => piece > 1 || size < 5000))
            {
                using var stream = new PieceStream(framed, piece);
                var reader = new StreamMessageReader(stream, 1 << 20);
                Assert.Equal(message, await reader.ReadAsync(marshaller, CancellationToken.None));
                Assert.Equal(message, await reader.ReadAsync(marshaller, CancellationToken.None));
                Assert.Null(await reader.ReadAsync(marshaller, CancellationToken.None));
                Assert.False(reader.IsTruncated);
                reader.Release();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_pipe_carries_the_same_frames(int size)
    {
        var message = new byte[size];
        new Random(size).NextBytes(message);
        foreach (var marshaller in Marshallers3)
        {
            using var written = new MemoryStream();
            var pipe = PipeWriter.Create(written);
            var writer = new PipeMessageWriter(pipe, 1 << 20);
            writer.Write(marshaller, message);
            writer.Write(marshaller, message);
            await pipe.CompleteAsync();
            Assert.Equal(await FrameAsync(marshaller, message, message), written.ToArray());

            using var stream = new PieceStream(written.ToArray(), 777);
            var reader = new PipeMessageReader(PipeReader.Create(stream), 1 << 20);
            Assert.Equal(message, await reader.ReadAsync(marshaller, CancellationToken.None));
            Assert.Equal(message, await reader.ReadSingleAsync(marshaller).AsTask().Within("the last message"));
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(16 << 10)]
    [InlineData(300_000)]
    public async Task The_end_of_a_large_message_goes_where_the_marshaller_says(int size)
    {
        var message = new byte[size];
        new Random(size).NextBytes(message);
        var place = new byte[size - 3];
        var placing = new Marshaller<byte[]>(Whole.ContextualSerializer, Whole.ContextualDeserializer)
        {
            Placement = (first, length) => length == size && first.Span[..16].SequenceEqual(message.AsSpan(0, 16)) ? (3, place) : default,
        };
        var framed = await FrameAsync(Whole, message, [1, 2], message);
        foreach (var piece in new[] { 7, 5000, 1 << 20 })
        {
            using var stream = new PieceStream(framed, piece);
            var reader = new StreamMessageReader(stream, 1 << 20);
            for (var round = 0; round < 2; round++)
            {
                Array.Clear(place);
                var kept = await reader.ReadAsync(placing, CancellationToken.None);
                Assert.Equal(message, size < 16 << 10 ? kept! : [.. kept!, .. place]);
                if (round == 0)
                {
                    Assert.Equal([1, 2], await reader.ReadAsync(placing, CancellationToken.None));
                }
            }

            Assert.Null(await reader.ReadAsync(placing, CancellationToken.None));
            reader.Release();
        }

        using var cut = new PieceStream(framed[..(size / 2)], 5000);
        var truncated = new StreamMessageReader(cut, 1 << 20);
        Assert.Null(await truncated.ReadAsync(placing, CancellationToken.None));
        Assert.True(truncated.IsTruncated);
    }

    [Fact]
    public async Task A_length_over_the_limit_is_refused_before_anything_is_allocated()
    {
        using var stream = new PieceStream([0, 0x7f, 0xff, 0xff, 0xff], 5);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new StreamMessageReader(stream, 1000).ReadAsync(Whole, CancellationToken.None));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_length_beyond_31_bits_is_refused()
    {
        using var stream = new PieceStream([0, 0xff, 0xff, 0xff, 0xff], 5);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new StreamMessageReader(stream, int.MaxValue).ReadAsync(Whole, CancellationToken.None));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task A_message_with_a_flag_is_refused()
    {
        using var stream = new PieceStream([1, 0, 0, 0, 0], 5);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new StreamMessageReader(stream, 1000).ReadAsync(Whole, CancellationToken.None));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public async Task A_stream_that_ends_inside_a_message_is_seen(int length)
    {
        using var stream = new PieceStream([.. new byte[] { 0, 0, 0, 0, 9, 1, 2 }.Take(length)], 2);
        var reader = new StreamMessageReader(stream, 1000);
        Assert.Null(await reader.ReadAsync(Whole, CancellationToken.None));
        Assert.True(reader.IsTruncated);
    }

    [Fact]
    public void A_message_over_the_send_limit_is_refused_however_it_is_written()
    {
        foreach (var marshaller in Marshallers3)
        {
            var error = Assert.Throws<RpcException>(() => new MessageBuffer(1000).Fill(marshaller, new byte[1001]));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
            error = Assert.Throws<RpcException>(() => new PipeMessageWriter(PipeWriter.Create(Stream.Null), 1000).Write(marshaller, new byte[1001]));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        }
    }

    [Fact]
    public void A_marshaller_that_breaks_its_word_is_refused()
    {
        var lies = Marshallers.Create<byte[]>(
            (bytes, context) =>
            {
                context.SetPayloadLength(bytes.Length + 1);
                context.GetBufferWriter().Write(bytes);
                context.Complete();
            },
            context => context.PayloadAsNewBuffer());
        var stops = Marshallers.Create<byte[]>((_, _) => { }, context => context.PayloadAsNewBuffer());
        Assert.Throws<InvalidOperationException>(() => new MessageBuffer(1000).Fill(lies, new byte[9]));
        Assert.Throws<InvalidOperationException>(() => new MessageBuffer(1000).Fill(stops, new byte[9]));
        Assert.Throws<InvalidOperationException>(() => new PipeMessageWriter(PipeWriter.Create(Stream.Null), 1000).Write(lies, new byte[9]));
        Assert.Throws<InvalidOperationException>(() => new PipeMessageWriter(PipeWriter.Create(Stream.Null), 1000).Write(stops, new byte[9]));
    }

    private static async Task<byte[]> FrameAsync(Marshaller<byte[]> marshaller, params byte[][] messages)
    {
        using var stream = new MemoryStream();
        var buffer = new MessageBuffer(1 << 20);
        foreach (var message in messages)
        {
            buffer.Fill(marshaller, message);
            await buffer.WriteToAsync(stream, CancellationToken.None);
            buffer.Release();
        }

        return stream.ToArray();
    }
}
