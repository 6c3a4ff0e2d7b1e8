using Iarnet.Dag;
using Iarnet.Functions;

namespace Iarnet;

/// <summary>A typed handle of a function whose one parameter is an array that takes all arguments of a call. Immutable.</summary>
/// <typeparam name="T">The type of each argument.</typeparam>
/// <typeparam name="TR">The type of the result.</typeparam>
public sealed class VariadicFunctionRef<T, TR> : FunctionRef
{
    /// <summary>Makes a handle of a function that runs in components of its language.</summary>
    /// <exception cref="FunctionNotSupportedException">The definition is not variadic.</exception>
    public VariadicFunctionRef(FunctionDefinition definition)
        : base(definition, -1)
    {
    }

    internal VariadicFunctionRef(Func<T[], TR> body)
        : base(body, CallKind.Value, -1)
    {
    }

    internal override DataRef NewOutput(DagSession session) => new DataRef<TR>(session);

    internal override DataRef NewInput(DagSession session, int index) => new DataRef<T>(session);

    internal override ControlNode NewCall(DagSession session, SessionFunction function, IReadOnlyList<DataRef> inputs, DataRef output) =>
        new VariadicNode<T, TR>(session, function, TypedBody, (DataRef<TR>)output, [.. inputs.Cast<DataRef<T>>()]);
}
