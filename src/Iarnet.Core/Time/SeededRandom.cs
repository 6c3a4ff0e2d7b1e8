namespace Iarnet;

/// <summary>
/// The one source of randomness: thread-safe, and with a seed that is logged, so that a run can be replayed.
/// The order of draws by several threads is theirs; a deterministic test draws from one.
/// </summary>
public sealed class SeededRandom
{
    private readonly Random _random;
    private readonly Lock _lock = new();

    /// <summary>Starts the sequence that belongs to a seed.</summary>
    public SeededRandom(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
    }

    /// <summary>Starts a sequence whose seed comes from the operating system.</summary>
    public SeededRandom()
        : this(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue))
    {
    }

    /// <summary>The seed: give it to the constructor to have the same sequence again.</summary>
    public int Seed { get; }

    /// <summary>A number from 0 (included) to <paramref name="exclusiveMaximum"/> (excluded).</summary>
    public int Next(int exclusiveMaximum)
    {
        lock (_lock)
        {
            return _random.Next(exclusiveMaximum);
        }
    }

    /// <summary>A number from 0 (included) to 1 (excluded).</summary>
    public double NextDouble()
    {
        lock (_lock)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>Fills the span.</summary>
    public void NextBytes(Span<byte> bytes)
    {
        lock (_lock)
        {
            _random.NextBytes(bytes);
        }
    }
}
