using System.Reflection;
using Iarnet.Components.Worker;

namespace Iarnet.Worker.Invocation;

/// <summary>A method with more parameters than the typed invokers have.</summary>
internal sealed class ReflectionInvoker(MethodInfo method, object? target, ArgumentReader[] arguments, ResultWriter result) : IComponentFunction
{
    public void Invoke(FunctionCall call)
    {
        var values = new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].ReadBoxed(call, i);
        }

        // Unwrapped, so that what user code throws arrives as it was thrown.
        result.WriteBoxed(call, method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, values, null));
    }
}
