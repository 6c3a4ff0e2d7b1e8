namespace Iarnet;

/// <summary>What is wrong with a graph.</summary>
public enum GraphFault
{
    /// <summary>A node has an id that another node has.</summary>
    DuplicateId,

    /// <summary>A call would need its own result.</summary>
    Cycle,

    /// <summary>An edge leads to a node that was never added.</summary>
    UnknownNode,

    /// <summary>A call has more or fewer inputs than its function has parameters.</summary>
    WrongArity,

    /// <summary>A node has another type than those that use it expect.</summary>
    WrongType,

    /// <summary>A node belongs to another session.</summary>
    ForeignNode,

    /// <summary>A node was added after the graph was declared complete.</summary>
    Completed,
}
