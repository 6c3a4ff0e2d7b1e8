using Iarnet.Functions;

namespace Iarnet.Hosting.Registration;

/// <summary>A function that was added to the builder: a method with its options, or the definition of one in another language.</summary>
internal sealed class FunctionRegistration
{
    private readonly Delegate? _method;
    private readonly Action<FunctionOptionsBuilder>? _configure;

    public FunctionRegistration(Delegate method, Action<FunctionOptionsBuilder>? configure)
    {
        _method = method;
        _configure = configure;
    }

    public FunctionRegistration(FunctionDefinition definition) => Definition = definition;

    /// <summary>The definition; null for a method.</summary>
    public FunctionDefinition? Definition { get; }

    public void RegisterWith(DagEngine engine)
    {
        if (Definition is not null)
        {
            engine.Register(Definition);
        }
        else
        {
            engine.AddFunction(_method!, _configure);
        }
    }
}
