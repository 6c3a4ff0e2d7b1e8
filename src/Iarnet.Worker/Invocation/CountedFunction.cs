using Iarnet.Components.Worker;

namespace Iarnet.Worker.Invocation;

/// <summary>Refuses calls that bring another number of arguments than the method takes.</summary>
internal sealed class CountedFunction(string name, int expected, IComponentFunction inner) : IComponentFunction
{
    public void Invoke(FunctionCall call)
    {
        if (call.ArgumentCount != expected)
        {
            throw new ArgumentException($"'{name}' takes {expected} arguments, and the call brings {call.ArgumentCount}.");
        }

        inner.Invoke(call);
    }
}
