using System.ComponentModel.DataAnnotations;

namespace Iarnet;

/// <summary>How a node runs. Bound from the "Iarnet" section of the host's configuration, then from code.</summary>
public sealed class IarnetNodeOptions
{
    /// <summary>The name that people see in logs and views. By default the machine's name.</summary>
    [Required]
    public string Name { get; set; } = Environment.MachineName;

    /// <summary>
    /// The folder under which a node makes its own for sockets, readable by this user only.
    /// By default null: "iarnet" under the user's runtime folder (XDG_RUNTIME_DIR) or under the temporary folder.
    /// </summary>
    public string? RunFolder { get; set; }

    /// <summary>
    /// The folder under which a node makes its own for shared memory. By default null: one in /dev/shm on Linux, none elsewhere.
    /// A folder on a disk works, at the speed of the page cache.
    /// </summary>
    public string? SegmentFolder { get; set; }

    /// <summary>Where workers keep code that they received, by content hash. By default null: under the user's cache folder.</summary>
    public string? CacheFolder { get; set; }

    /// <summary>How many actors a group has when its functions do not say. By default the number of processors, at least 2.</summary>
    [Range(1, 10_000)]
    public int DefaultReplicas { get; set; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Values up to this many bytes travel with the message; larger ones lie in the store. 64 KiB by default.</summary>
    [Range(0, 16 << 20)]
    public int InlineLimit { get; set; } = 64 << 10;

    /// <summary>The most that the store keeps, in bytes. By default null: the store's own default.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long? StoreMemoryLimit { get; set; }

    /// <summary>How long the end of a node may take before what is left is killed. 5 seconds by default.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The Python interpreter, for Python functions. By default null: "python3" in PATH or the system's own, the first that has the
    /// modules of the Python worker.
    /// </summary>
    public string? PythonInterpreter { get; set; }

    /// <summary>
    /// Whether what <c>MapIarnet</c> serves may be reached from other machines without authorization. False by default.
    /// </summary>
    public bool AllowInsecure { get; set; }
}
