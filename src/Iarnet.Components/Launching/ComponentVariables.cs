namespace Iarnet.Components;

/// <summary>The names of the environment variables that a component is started with, whatever its language.</summary>
public static class ComponentVariables
{
    /// <summary>The component's own name.</summary>
    public const string ComponentId = "IARNET_COMPONENT_ID";

    /// <summary>Where the bus of its node listens: "ipc:///run/…/bus" or "tcp://host:port".</summary>
    public const string Bus = "IARNET_BUS";

    /// <summary>Where the store of its node is served: "unix:///…" or "http://host:port".</summary>
    public const string Store = "IARNET_STORE";

    /// <summary>The node that it belongs to.</summary>
    public const string NodeId = "IARNET_NODE_ID";

    /// <summary>How many calls it runs at the same time; 1 when absent.</summary>
    public const string Concurrency = "IARNET_CONCURRENCY";

    /// <summary>"stdin": it ends when its standard input reaches the end of file, because then its host is gone.</summary>
    public const string Lifeline = "IARNET_LIFELINE";

    /// <summary>The run folder of the node, which the component removes when its host died.</summary>
    public const string RunFolder = "IARNET_RUN_FOLDER";

    /// <summary>The shared-memory folder of the node, which the component removes when its host died.</summary>
    public const string SegmentFolder = "IARNET_SEGMENT_FOLDER";

    /// <summary>Where code is kept by its hash; several components and hosts may share it.</summary>
    public const string Cache = "IARNET_CACHE";
}
