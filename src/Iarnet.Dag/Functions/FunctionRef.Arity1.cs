using Iarnet.Dag;
using Iarnet.Functions;

namespace Iarnet;

/// <summary>A typed handle of a function with one parameter, in any language. Immutable.</summary>
/// <typeparam name="T1">The type of a parameter.</typeparam>
/// <typeparam name="TR">The type of the result.</typeparam>
public sealed class FunctionRef<T1, TR> : FunctionRef
{
    /// <summary>Makes a handle of a function that runs in components of its language.</summary>
    /// <exception cref="FunctionNotSupportedException">The definition does not have one parameter.</exception>
    public FunctionRef(FunctionDefinition definition)
        : base(definition, 1)
    {
    }

    internal FunctionRef(Delegate body, CallKind kind)
        : base(body, kind, 1)
    {
    }

    internal override DataRef NewOutput(DagSession session) => new DataRef<TR>(session);

    internal override DataRef NewInput(DagSession session, int index) => new DataRef<T1>(session);

    internal override ControlNode NewCall(DagSession session, SessionFunction function, IReadOnlyList<DataRef> inputs, DataRef output) =>
        new ControlNode<T1, TR>(session, function, TypedBody, (DataRef<TR>)output, (DataRef<T1>)inputs[0]);
}
