namespace Iarnet.Bus.Tests.Faults;

/// <summary>Spoils bytes in a buffer of its own, in one to three ways, as the seed has it.</summary>
internal sealed class Mutator(SeededRandom random)
{
    private const int Most = 64 * 1024;

    public byte[] Buffer { get; } = new byte[Most];

    public int Length { get; private set; }

    public void Take(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Buffer);
        Length = bytes.Length;
    }

    public void Mutate(ReadOnlySpan<byte> bytes)
    {
        Take(bytes);
        for (var changes = random.Next(3); changes >= 0; changes--)
        {
            Change();
        }
    }

    public byte[] MutateToArray(byte[] bytes)
    {
        Mutate(bytes);
        return Buffer.AsSpan(0, Length).ToArray();
    }

    private void Change()
    {
        if (Length == 0)
        {
            return;
        }

        var at = random.Next(Length);
        var rest = Length - at;
        switch (random.Next(8))
        {
            case 0:
                Buffer[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                Buffer[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
                break;
            case 2:
                // Near the begin, where flags, lengths and names are.
                Buffer[random.Next(Math.Min(Length, 12))] = (byte)random.Next(256);
                break;
            case 3:
                Length = at;
                break;
            case 4:
                Remove(at, Math.Min(rest, 1 + random.Next(40)));
                break;
            case 5:
                Insert(at, 1);
                Buffer[at] = (byte)random.Next(256);
                break;
            case 6:
                Insert(at, Math.Min(rest, 1 + random.Next(200)));
                break;
            default:
                var size = Math.Min(rest, 1 + random.Next(8));
                random.NextBytes(Buffer.AsSpan(at, size));
                break;
        }
    }

    private void Remove(int at, int size)
    {
        Buffer.AsSpan(at + size, Length - at - size).CopyTo(Buffer.AsSpan(at));
        Length -= size;
    }

    /// <summary>Makes room, which holds what follows: a stretch that comes twice.</summary>
    private void Insert(int at, int size)
    {
        if (Length + size <= Most)
        {
            Buffer.AsSpan(at, Length - at).CopyTo(Buffer.AsSpan(at + size));
            Length += size;
        }
    }
}
