namespace Iarnet.Bus.Connections;

/// <summary>Emptied buffers of small messages, up to a bound. Thread-safe.</summary>
internal static class ChunkPool
{
    /// <summary>Two of them go into one call of the kernel; beyond 64 to 128 KiB a call the rate of small messages does not grow.</summary>
    public const int Size = 64 * 1024;

    private static readonly Lock Gate = new();
    private static readonly SendChunk?[] Free = new SendChunk?[64];
    private static int _count;

    public static SendChunk Take()
    {
        lock (Gate)
        {
            if (_count > 0)
            {
                var chunk = Free[--_count]!;
                Free[_count] = null;
                return chunk;
            }
        }

        return new SendChunk(Size);
    }

    public static void Return(SendChunk chunk)
    {
        if (chunk.Capacity != Size)
        {
            return;
        }

        chunk.Reset();
        lock (Gate)
        {
            if (_count < Free.Length)
            {
                Free[_count++] = chunk;
            }
        }
    }
}
