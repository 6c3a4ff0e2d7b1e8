namespace Iarnet.Dag;

/// <summary>A function as one session sees it, with that session's statistics. Written by the loop alone.</summary>
internal sealed class SessionFunction(FunctionEntry entry)
{
    private long _done;
    private long _failed;
    private long _canceled;

    public FunctionEntry Entry => entry;

    public long ComputeTicks { get; set; }

    public long ResultBytes { get; set; }

    public long Retries { get; set; }

    public void Count(CallState state)
    {
        switch (state)
        {
            case CallState.Done:
                _done++;
                break;
            case CallState.Failed:
                _failed++;
                break;
            default:
                _canceled++;
                break;
        }
    }

    public FunctionStatistics Snapshot() =>
        new(entry.Definition.Name, _done, _failed, _canceled, Retries, new TimeSpan(ComputeTicks), ResultBytes);
}
