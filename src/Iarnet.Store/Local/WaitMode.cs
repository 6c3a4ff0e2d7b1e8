namespace Iarnet.Store;

/// <summary>For how many of several objects to wait.</summary>
public enum WaitMode
{
    /// <summary>One is enough.</summary>
    Any,

    /// <summary>All of them.</summary>
    All,
}
