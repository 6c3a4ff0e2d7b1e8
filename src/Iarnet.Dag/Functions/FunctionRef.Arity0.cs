using Iarnet.Dag;
using Iarnet.Functions;

namespace Iarnet;

/// <summary>A typed handle of a function with no parameter, in any language. Immutable.</summary>
/// <typeparam name="TR">The type of the result.</typeparam>
public sealed class FunctionRef<TR> : FunctionRef
{
    /// <summary>Makes a handle of a function that runs in components of its language.</summary>
    /// <exception cref="FunctionNotSupportedException">The definition does not have no parameter.</exception>
    public FunctionRef(FunctionDefinition definition)
        : base(definition, 0)
    {
    }

    internal FunctionRef(Delegate body, CallKind kind)
        : base(body, kind, 0)
    {
    }

    internal override DataRef NewOutput(DagSession session) => new DataRef<TR>(session);

    internal override DataRef NewInput(DagSession session, int index) => throw new ArgumentOutOfRangeException(nameof(index));

    internal override ControlNode NewCall(DagSession session, SessionFunction function, IReadOnlyList<DataRef> inputs, DataRef output) =>
        new ControlNode<TR>(session, function, TypedBody, (DataRef<TR>)output);
}
