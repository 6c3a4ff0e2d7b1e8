using System.IO.MemoryMappedFiles;
using Iarnet.Store.Link;

namespace Iarnet.Store.Tests.Faults;

/// <summary>A session's file in the hands of one who does not keep to the rules.</summary>
internal sealed class SessionFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public SessionFile(ServedStore served, string name)
    {
        _file = MemoryMappedFile.CreateFromFile(Path.Combine(served.Segments.Path, name), FileMode.Open, null, SessionLayout.Length);
        _view = _file.CreateViewAccessor();
    }

    public void Write<T>(long at, T value)
        where T : struct => _view.Write(at, ref value);

    public void Break(string breach)
    {
        var entry = new RingEntry { Length = 128, Operation = RingOperation.Put, CodecLength = 3, IdHigh = 1, IdLow = 2, Size = 16 };
        var head = 128UL;
        switch (breach)
        {
            case "head far ahead":
                entry.Operation = RingOperation.Skip;
                entry.Length = SessionLayout.RingBytes;
                head = 1UL << 60;
                break;
            case "head behind":
                head = ulong.MaxValue - 127;
                break;
            case "head not at an entry":
                head = 100;
                break;
            case "entry of length 0":
                entry.Length = 0;
                break;
            case "entry of length 12":
                entry.Length = 12;
                break;
            case "entry beyond the ring":
                entry.Length = SessionLayout.RingBytes + 8;
                head = SessionLayout.RingBytes;
                break;
            case "entry of an unknown kind":
                entry.Operation = (RingOperation)9;
                break;
            case "entry too short for its head":
                entry.Length = 8;
                break;
            case "object larger than its entry":
                entry.Size = 200;
                break;
            case "object of 4 GiB":
                entry.Size = uint.MaxValue;
                break;
            case "codec without a name":
                entry.CodecLength = 0;
                break;
            case "codec with a long name":
                entry.Length = 512;
                entry.CodecLength = 200;
                head = 512;
                break;
            case "codec longer than its entry":
                entry.CodecLength = 255;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(breach), breach, "no such breach");
        }

        Write(SessionLayout.RingAt, entry);
        for (var i = 0; i < 255; i++)
        {
            Write(SessionLayout.RingAt + RingEntry.Bytes + i, (byte)'c');
        }

        Write(SessionLayout.HeadAt, head);
    }

    /// <summary>Chance everywhere, but for a head that lets the store look at it.</summary>
    public void WriteChance(SeededRandom random)
    {
        var bytes = new byte[SessionLayout.RingAt];
        random.NextBytes(bytes);
        _view.WriteArray(64, bytes, 64, bytes.Length - 64);
        bytes = new byte[SessionLayout.RingBytes];
        random.NextBytes(bytes);
        _view.WriteArray(SessionLayout.RingAt, bytes, 0, bytes.Length);
        if (random.Next(2) == 0)
        {
            // The first entries are nearly right.
            for (var at = 0; at < 4096; at += 256)
            {
                Write(SessionLayout.RingAt + at, new RingEntry { Length = 256, Operation = (RingOperation)(byte)random.Next(3), CodecLength = (byte)random.Next(70), IdHigh = (ulong)at, Size = (uint)random.Next(200) });
            }
        }

        Write(SessionLayout.HeadAt, (ulong)(8 * random.Next(SessionLayout.RingBytes / 8)) + 8);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
