using Iarnet.Bus.Memory;

namespace Iarnet.Bus.Connections;

/// <summary>Emptied buffers of small messages. Thread-safe.</summary>
internal static class ChunkPool
{
    /// <summary>Two of them go into one call of the kernel; beyond 64 to 128 KiB a call the rate of small messages does not grow.</summary>
    public const int Size = 64 * 1024;

    private static readonly BoundedPool<SendChunk> Free = new(64);

    public static SendChunk Take() => Free.TryTake(out var chunk) ? chunk : new SendChunk(Size);

    public static void Return(SendChunk chunk)
    {
        if (chunk.Capacity == Size)
        {
            chunk.Reset();
            Free.Return(chunk);
        }
    }
}
