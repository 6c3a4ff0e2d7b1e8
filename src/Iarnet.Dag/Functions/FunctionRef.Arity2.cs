using Iarnet.Dag;
using Iarnet.Functions;

namespace Iarnet;

/// <summary>A typed handle of a function with two parameters, in any language. Immutable.</summary>
/// <typeparam name="T1">The type of a parameter.</typeparam>
/// <typeparam name="T2">The type of a parameter.</typeparam>
/// <typeparam name="TR">The type of the result.</typeparam>
public sealed class FunctionRef<T1, T2, TR> : FunctionRef
{
    /// <summary>Makes a handle of a function that runs in components of its language.</summary>
    /// <exception cref="FunctionNotSupportedException">The definition does not have two parameters.</exception>
    public FunctionRef(FunctionDefinition definition)
        : base(definition, 2)
    {
    }

    internal FunctionRef(Delegate body, CallKind kind)
        : base(body, kind, 2)
    {
    }

    internal override DataRef NewOutput(DagSession session) => new DataRef<TR>(session);

    internal override DataRef NewInput(DagSession session, int index) => index switch
    {
        0 => new DataRef<T1>(session),
        _ => new DataRef<T2>(session),
    };

    internal override ControlNode NewCall(DagSession session, SessionFunction function, IReadOnlyList<DataRef> inputs, DataRef output) =>
        new ControlNode<T1, T2, TR>(session, function, TypedBody, (DataRef<TR>)output, (DataRef<T1>)inputs[0], (DataRef<T2>)inputs[1]);
}
