namespace Iarnet.Bus.Tests.Peers;

/// <summary>Messages of every kind of length and number of frames.</summary>
internal static class Shapes
{
    private static readonly int[][] All = [[0], [1], [255], [256], [64 * 1024], [1 << 20], [8 << 20], [1, 0, 255, 256, 70_000], [0, 0, 0]];

    /// <summary>Sends each of them to a peer that sends it back, and compares.</summary>
    public static async Task ComeBackAsync(Func<ReadOnlyMemory<byte>[], Task> send, Func<Task<IReadOnlyList<ReadOnlyMemory<byte>>>> receive)
    {
        foreach (var shape in All)
        {
            var frames = shape.Select(size =>
            {
                var bytes = new byte[size];
                new SeededRandom(size).NextBytes(bytes);
                return (ReadOnlyMemory<byte>)bytes;
            }).ToArray();
            await send(frames);
            var back = await receive();
            Assert.Equal(shape, back.Select(static frame => frame.Length));
            for (var i = 0; i < frames.Length; i++)
            {
                Assert.True(back[i].Span.SequenceEqual(frames[i].Span), $"frame {i} of {shape.Length} came back changed");
            }
        }
    }
}
