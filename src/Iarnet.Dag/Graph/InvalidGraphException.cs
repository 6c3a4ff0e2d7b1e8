namespace Iarnet;

/// <summary>A node cannot be added to a graph as it was described. The graph is as it was before.</summary>
public sealed class InvalidGraphException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public InvalidGraphException(GraphFault fault, string message)
        : base(message) => Fault = fault;

    /// <summary>What is wrong.</summary>
    public GraphFault Fault { get; }
}
