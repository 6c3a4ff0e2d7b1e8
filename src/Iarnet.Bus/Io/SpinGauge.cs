namespace Iarnet.Bus.Io;

/// <summary>Learns whether spinning pays: it goes on while it finds what it looks for two times in three, and is tried now and then when it does not. For one thread at a time.</summary>
internal struct SpinGauge
{
    private const int Best = 8;
    private const int TrialEvery = 32;

    private int _score;
    private int _skipped;

    /// <summary>Whether to spin this time.</summary>
    public bool IsWorthIt()
    {
        if (_score > 0 || ++_skipped == TrialEvery)
        {
            _skipped = 0;
            return true;
        }

        return false;
    }

    public void Note(bool found) => _score = found ? Math.Min(Best, _score + 1) : Math.Max(0, _score - 2);
}
