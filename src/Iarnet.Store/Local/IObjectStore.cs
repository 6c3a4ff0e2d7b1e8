namespace Iarnet.Store;

/// <summary>A store as its user sees it, whether it is in this process or in another: reads and writes as one owner. Thread-safe.</summary>
public interface IObjectStore : IObjectReader, IObjectWriter
{
    /// <summary>The name of the store in references.</summary>
    string Source { get; }
}
