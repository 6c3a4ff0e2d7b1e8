using Iarnet.Store;

namespace Iarnet.Components.Worker;

/// <summary>How a component runs calls. Read once, when its runtime is made.</summary>
public sealed class ComponentRuntimeOptions
{
    /// <summary>How many calls run at the same time, each on a thread of its own. Default: 1.</summary>
    public int Concurrency { get; set; } = 1;

    /// <summary>Results of at most this many bytes travel with the message; larger ones are put in the store. Default: 64 KiB.</summary>
    public int InlineLimit { get; set; } = 64 * 1024;

    /// <summary>The codecs of arguments and results. Default: <see cref="CodecRegistry.Default"/>.</summary>
    public CodecRegistry Codecs { get; set; } = CodecRegistry.Default;
}
