using System.Collections.Immutable;
using System.Reflection;
using Iarnet.Functions;

namespace Iarnet.Components.Code;

/// <summary>What a worker must have to run a .NET method: files by hash, and the name of the method in them.</summary>
internal sealed class CodeBundle
{
    private CodeBundle(MethodInfo method, ImmutableArray<CodeFile> files)
    {
        Files = files;
        Assembly = method.DeclaringType!.Assembly.GetName().Name!;
        Type = method.DeclaringType.FullName!;
        Method = method.Name;
        ParameterTypes = [.. method.GetParameters().Select(parameter => TypeNames.Of(parameter.ParameterType))];
    }

    public ImmutableArray<CodeFile> Files { get; }

    public string Assembly { get; }

    public string Type { get; }

    public string Method { get; }

    public ImmutableArray<string> ParameterTypes { get; }

    /// <exception cref="FunctionNotSupportedException">The method's code cannot travel.</exception>
    public static CodeBundle Of(DotNetMethodCode code, AssemblyClosure closure, CodeFileCatalog catalog)
    {
        var method = code.Method;
        if (method.DeclaringType is not { } type)
        {
            throw new FunctionNotSupportedException($"'{method.Name}' cannot run in a worker: it was made at run time and belongs to no type. Use a static method.");
        }

        if (method.IsGenericMethod || type.IsGenericType)
        {
            throw new FunctionNotSupportedException($"'{type.Name}.{method.Name}' cannot run in a worker: it is generic, or a member of a generic type. Wrap the call in a static method without type parameters.");
        }

        if (Array.Find(method.GetParameters(), parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike || parameter.ParameterType.IsPointer) is { } parameter)
        {
            throw new FunctionNotSupportedException($"'{type.Name}.{method.Name}' cannot run in a worker: parameter '{parameter.Name}' of type {parameter.ParameterType} is a reference into this process. Take an array or a ReadOnlyMemory instead.");
        }

        return new CodeBundle(method, [.. closure.Of(type.Assembly).Select(catalog.Get)]);
    }
}
