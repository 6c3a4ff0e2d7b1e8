namespace Iarnet.Bus.Io;

/// <summary>
/// A wait of some microseconds for what usually comes at once, before the thread is given up. Each turn yields, so that whoever is
/// waited for can run on the same core.
/// </summary>
internal ref struct ShortSpin
{
    private static readonly long Length = TimeProvider.System.TimestampFrequency * 20 / 1_000_000;

    private readonly long _end;

    public ShortSpin()
    {
        _end = TimeProvider.System.GetTimestamp() + Length;
    }

    /// <summary>False when it has been long enough.</summary>
    public readonly bool Turn()
    {
        Thread.Yield();
        return TimeProvider.System.GetTimestamp() < _end;
    }
}
