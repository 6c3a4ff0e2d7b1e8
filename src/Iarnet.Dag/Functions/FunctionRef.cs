using Iarnet.Dag;
using Iarnet.Functions;

namespace Iarnet;

/// <summary>
/// A handle of a function: for functions of other languages, which have no delegate, and for graphs that are made node by node.
/// Immutable; it belongs to no engine.
/// </summary>
public abstract partial class FunctionRef
{
    private readonly FunctionDefinition? _definition;
    private readonly Delegate? _body;
    private readonly CallKind _kind;

    private protected FunctionRef(FunctionDefinition definition, int parameters)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (!definition.IsVariadic && definition.Parameters.Length != parameters)
        {
            throw new FunctionNotSupportedException(
                $"Function '{definition.Name}' has {definition.Parameters.Length} parameters, but the handle has {parameters}. Use the FunctionRef with as many type arguments as there are parameters, and the result last.");
        }

        _definition = definition;
        ParameterCount = parameters;
    }

    private protected FunctionRef(Delegate body, CallKind kind, int parameters)
    {
        _body = body;
        _kind = kind;
        ParameterCount = parameters;
    }

    /// <summary>The name that people see.</summary>
    public string Name => _definition?.Name ?? MethodFunctions.NameOf(_body!.Method);

    /// <summary>How many arguments a call takes; -1 when it takes any number.</summary>
    public int ParameterCount { get; }

    internal TypedBody TypedBody => new(_body, _kind);

    internal FunctionDefinition? Definition => _definition;

    internal abstract DataRef NewOutput(DagSession session);

    internal abstract DataRef NewInput(DagSession session, int index);

    internal abstract ControlNode NewCall(DagSession session, SessionFunction function, IReadOnlyList<DataRef> inputs, DataRef output);
}
