namespace Iarnet.Store;

/// <summary>Where a stream is in its life.</summary>
public enum StreamState
{
    /// <summary>Chunks may come.</summary>
    Open,

    /// <summary>Its writer completed it: it is all there.</summary>
    Completed,

    /// <summary>Its writer said that it failed.</summary>
    Failed,

    /// <summary>Its writer went without a word, or it was released.</summary>
    Abandoned,
}
