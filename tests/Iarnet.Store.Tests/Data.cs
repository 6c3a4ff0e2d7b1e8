using System.Buffers;

namespace Iarnet.Store.Tests;

internal static class Data
{
    public static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new SeededRandom(seed).NextBytes(bytes);
        return bytes;
    }

    public static ReadOnlySequence<byte> Split(byte[] bytes, int part)
    {
        Part? first = null;
        Part? last = null;
        for (var at = 0; at < bytes.Length; at += part)
        {
            last = new Part(bytes.AsMemory(at, Math.Min(part, bytes.Length - at)), last);
            first ??= last;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory, Part? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
