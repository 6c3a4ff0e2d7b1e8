namespace Iarnet.Store;

/// <summary>How a stream is read.</summary>
public sealed record StreamReadOptions
{
    internal static readonly StreamReadOptions Default = new();

    /// <summary>The chunk to begin with. It may be one that is not written yet. Default null: the first that is there.</summary>
    public long? From { get; init; }

    /// <summary>Whether to begin with what is written from now on; <see cref="From"/> must be null then. Default false.</summary>
    public bool FromEnd { get; init; }

    /// <summary>How long to wait for the stream to be created, at most. Default: not at all.</summary>
    public TimeSpan Wait { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(From ?? 0, 0, nameof(From));
        ArgumentOutOfRangeException.ThrowIfLessThan(Wait, TimeSpan.Zero, nameof(Wait));
        if (FromEnd && From is not null)
        {
            throw new ArgumentException($"{nameof(FromEnd)} is set and {nameof(From)} is {From}: expected one of them at most.");
        }
    }
}
