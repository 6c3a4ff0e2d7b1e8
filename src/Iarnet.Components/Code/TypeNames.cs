using System.Text;

namespace Iarnet.Components.Code;

/// <summary>
/// Names of types that say which assembly they come from but not in which version, so that both ends of the wire
/// tell overloads apart in the same way though each loaded its own copy.
/// </summary>
public static class TypeNames
{
    /// <summary>"System.Collections.Generic.List`1[[Words.Count, Words]], System.Private.CoreLib".</summary>
    public static string Of(Type type)
    {
        var text = new StringBuilder();
        Append(text, type);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Type type)
    {
        AppendWithoutAssembly(text, type);
        text.Append(", ").Append(type.Assembly.GetName().Name);
    }

    private static void AppendWithoutAssembly(StringBuilder text, Type type)
    {
        if (type.HasElementType)
        {
            AppendWithoutAssembly(text, type.GetElementType()!);
            text.Append(type.IsArray ? $"[{new string(',', type.GetArrayRank() - 1)}]" : type.IsByRef ? "&" : "*");
            return;
        }

        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        text.Append(open.FullName ?? open.Name);
        if (!type.IsConstructedGenericType)
        {
            return;
        }

        var separator = '[';
        foreach (var argument in type.GenericTypeArguments)
        {
            text.Append(separator).Append('[');
            Append(text, argument);
            text.Append(']');
            separator = ',';
        }

        text.Append(']');
    }
}
