using Iarnet.Bus.Memory;
using Iarnet.Bus.Wire;

namespace Iarnet.MicroBenchmarks;

/// <summary>Messages as they lie in memory when they have been received.</summary>
internal static class Regions
{
    public static Region Of(int messages, int size)
    {
        var frame = ZmtpFrames.HeaderSize(size) + size;
        var slab = Slab.Large(messages * frame);
        for (var i = 0; i < messages; i++)
        {
            ZmtpFrames.WriteHeader(slab.Buffer.AsSpan(i * frame), 0, size);
        }

        return new Region(slab, 0, messages * frame, messages, (long)messages * size);
    }
}
