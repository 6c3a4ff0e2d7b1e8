using System.Reflection;
using System.Runtime.CompilerServices;
using Iarnet.Functions;

namespace Iarnet.Dag;

/// <summary>Turns delegates into function definitions, and refuses those whose code could not run anywhere but here.</summary>
internal static class MethodFunctions
{
    private const string Advice = "Make it a static method, and pass what it needs as arguments.";

    /// <summary>The method of a delegate that is only code: no state comes with it.</summary>
    public static MethodInfo MethodOf(Delegate function)
    {
        var method = function.Method;
        var name = NameOf(method);
        if (!function.HasSingleTarget)
        {
            throw new FunctionNotSupportedException($"'{name}' is one of several methods in a delegate: a call runs one. {Advice}");
        }

        if (method.IsGenericMethod || method.DeclaringType is null || method.DeclaringType.IsGenericType)
        {
            throw new FunctionNotSupportedException($"'{name}' is generic, or of no type or a generic one: it has no name by which another process finds it. {Advice}");
        }

        if (function.Target is not { } target)
        {
            return method;
        }

        if (method.IsStatic)
        {
            throw new FunctionNotSupportedException($"'{name}' is bound to its first argument, an object of type {target.GetType().Name}. {Advice}");
        }

        if (!target.GetType().IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
        {
            throw new FunctionNotSupportedException($"'{name}' is a method of an object, not static: the object would not come along. {Advice}");
        }

        var captured = target.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        return captured.Length == 0
            ? method
            : throw new FunctionNotSupportedException(
                $"The lambda '{name}' captures {string.Join(", ", captured.Select(Captured))}: captured variables do not travel to where it runs. {Advice}");
    }

    /// <summary>The definition of a method: its id tells overloads and types of the same name apart.</summary>
    public static FunctionDefinition Define(MethodInfo method, FunctionOptions options, bool variadic)
    {
        var parameters = method.GetParameters().Where(parameter => parameter.ParameterType != typeof(CancellationToken)).ToArray();
        var types = string.Join(',', method.GetParameters().Select(parameter => parameter.ParameterType.ToString()));
        var id = $"{FunctionLanguages.DotNet}:{method.DeclaringType!.Assembly.GetName().Name}/{method.DeclaringType.FullName}.{method.Name}({types})";
        return new FunctionDefinition(
            NameOf(method),
            FunctionLanguages.DotNet,
            [.. parameters.Select(parameter => parameter.Name ?? "")],
            new DotNetMethodCode(method),
            options)
        {
            Id = variadic ? id + "..." : id,
            IsVariadic = variadic,
        };
    }

    /// <summary>"Words.Count"; for what the compiler named, the names of the source.</summary>
    public static string NameOf(MethodInfo method)
    {
        var type = method.DeclaringType;
        while (type is { DeclaringType: not null } && type.Name.StartsWith('<'))
        {
            type = type.DeclaringType;
        }

        return $"{type?.Name}.{SourceName(method.Name)}";
    }

    // "<Outer>g__Local|0_1" is a local function, "<Outer>b__0_1" a lambda, "<Main>$" the body of a program without a Main.
    private static string SourceName(string name)
    {
        var end = name.LastIndexOf('>');
        if (!name.StartsWith('<') || end < 0)
        {
            return name;
        }

        var own = name[(end + 1)..];
        if (own.StartsWith("g__", StringComparison.Ordinal))
        {
            return own[3..].Split('|')[0];
        }

        var outer = name[1..end].TrimStart('<').Replace(">$", "", StringComparison.Ordinal);
        return own.StartsWith("b__", StringComparison.Ordinal) ? $"{outer}.lambda{own[3..]}" : name;
    }

    // The compiler keeps the enclosing object in a field with a name of its own.
    private static string Captured(FieldInfo field) => field.Name.StartsWith('<') ? "'this'" : $"'{field.Name}'";
}
