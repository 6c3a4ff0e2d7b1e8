using System.Reflection;
using System.Runtime.CompilerServices;
using Iarnet.Components.Worker;

namespace Iarnet.Worker.Invocation;

/// <summary>Makes of a method something that runs calls.</summary>
internal static class InvokerFactory
{
    private static readonly Type[] FuncInvokers = [typeof(FuncInvoker<>), typeof(FuncInvoker<,>), typeof(FuncInvoker<,,>), typeof(FuncInvoker<,,,>), typeof(FuncInvoker<,,,,>)];
    private static readonly Type[] ActionInvokers = [typeof(ActionInvoker), typeof(ActionInvoker<>), typeof(ActionInvoker<,>), typeof(ActionInvoker<,,>), typeof(ActionInvoker<,,,>)];
    private static readonly Type[] Funcs = [typeof(Func<>), typeof(Func<,>), typeof(Func<,,>), typeof(Func<,,,>), typeof(Func<,,,,>)];
    private static readonly Type[] Actions = [typeof(Action), typeof(Action<>), typeof(Action<,>), typeof(Action<,,>), typeof(Action<,,,>)];

    /// <exception cref="FunctionNotSupportedException">The method is not one that can be called with values alone.</exception>
    public static IComponentFunction Create(MethodInfo method, bool variadic)
    {
        var name = $"{method.DeclaringType?.Name}.{method.Name}";
        var parameters = method.GetParameters();
        var takesToken = parameters.Length > 0 && parameters[^1].ParameterType == typeof(CancellationToken);
        var filled = parameters.Length - (takesToken ? 1 : 0);
        if (variadic && (filled != 1 || !parameters[0].ParameterType.IsSZArray))
        {
            throw new FunctionNotSupportedException($"'{name}' is said to take any number of arguments, but its parameters are not one array.");
        }

        var arguments = Array.ConvertAll(parameters, parameter => ReaderFor(parameter.ParameterType, isToken: takesToken && parameter.Position == filled, variadic));
        var result = WriterFor(method.ReturnType);
        var target = TargetOf(method, name);
        var invoker = parameters.Length < Funcs.Length
            ? Typed(method, target, arguments, result)
            : new ReflectionInvoker(method, target, arguments, result);
        return variadic ? invoker : new CountedFunction(name, filled, invoker);
    }

    private static IComponentFunction Typed(MethodInfo method, object? target, ArgumentReader[] arguments, ResultWriter result)
    {
        var types = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType);
        if (method.ReturnType == typeof(void))
        {
            var action = Close(Actions[types.Length], types);
            return Make(Close(ActionInvokers[types.Length], types), [method.CreateDelegate(action, target), .. arguments]);
        }

        types = [.. types, method.ReturnType];
        var func = Close(Funcs[types.Length - 1], types);
        return Make(Close(FuncInvokers[types.Length - 1], types), [method.CreateDelegate(func, target), .. arguments, result]);
    }

    private static Type Close(Type open, Type[] arguments) => arguments.Length == 0 ? open : open.MakeGenericType(arguments);

    private static IComponentFunction Make(Type type, object[] arguments) => (IComponentFunction)Activator.CreateInstance(type, arguments)!;

    private static ArgumentReader ReaderFor(Type type, bool isToken, bool variadic) =>
        isToken ? new CancellationReader()
        : (ArgumentReader)Activator.CreateInstance(variadic
            ? typeof(VariadicReader<>).MakeGenericType(type.GetElementType()!)
            : typeof(ValueReader<>).MakeGenericType(type))!;

    private static ResultWriter WriterFor(Type type)
    {
        if (type == typeof(void))
        {
            return new NothingWriter();
        }

        if (type == typeof(Task))
        {
            return new TaskWriter();
        }

        if (type == typeof(ValueTask))
        {
            return new ValueTaskWriter();
        }

        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var (writer, value) = open == typeof(Task<>) ? (typeof(TaskWriter<>), type.GenericTypeArguments[0])
            : open == typeof(ValueTask<>) ? (typeof(ValueTaskWriter<>), type.GenericTypeArguments[0])
            : (typeof(ValueWriter<>), type);
        return (ResultWriter)Activator.CreateInstance(writer.MakeGenericType(value))!;
    }

    private static object? TargetOf(MethodInfo method, string name)
    {
        if (method.IsStatic)
        {
            return null;
        }

        // A lambda that captures nothing is an instance method of a class without instance fields: any instance will do.
        var type = method.DeclaringType!;
        return type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 0
            ? RuntimeHelpers.GetUninitializedObject(type)
            : throw new FunctionNotSupportedException($"'{name}' is not static and its class has state: it cannot run in another process than the one that holds that state.");
    }
}
