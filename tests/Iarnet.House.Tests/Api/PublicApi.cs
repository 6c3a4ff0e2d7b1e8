using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Iarnet.House.Api;

/// <summary>The public surface of an assembly as stable, sorted text: one line a type or member, with nullability, defaults and constants.</summary>
internal static class PublicApi
{
    private static readonly SymbolDisplayFormat Format = new(
        globalNamespaceStyle: SymbolDisplayGlobalNamespaceStyle.Omitted,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeConstantValue,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        extensionMethodStyle: SymbolDisplayExtensionMethodStyle.StaticMethod,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeModifiers
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    // What the compiler writes for every record, and what every object has: noise that no one promises by hand.
    private static readonly HashSet<string> Implied = new(StringComparer.Ordinal)
    {
        "Equals", "GetHashCode", "ToString", "PrintMembers", "EqualityContract", "<Clone>$", "op_Equality", "op_Inequality",
    };

    public static string Of(IAssemblySymbol assembly)
    {
        var text = new StringBuilder();
        text.Append("# The public surface of ").Append(assembly.Name).Append(", written by eng/api.sh. A difference is a change of contract.\n");
        foreach (var type in Types(assembly.GlobalNamespace).Where(IsSurface).OrderBy(type => type.ToDisplayString(), StringComparer.Ordinal))
        {
            text.Append('\n').Append(Describe(type)).Append('\n');
            foreach (var line in Members(type))
            {
                text.Append("  ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container) =>
        container.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(member =>
            member is INamedTypeSymbol type ? [type, .. Types(type)] : Types(member));

    // The messages of proto/ have a ledger of their own, that of the wire.
    private static bool IsSurface(INamedTypeSymbol type) =>
        IsSurface((ISymbol)type)
        && (type.ContainingType is null || IsSurface(type.ContainingType))
        && type.ContainingNamespace.Name != "Wire";

    private static bool IsSurface(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static string Describe(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Delegate)
        {
            return $"{Attributes(type)}public delegate {type.ToDisplayString(Format)}";
        }

        var words = new List<string> { type.DeclaredAccessibility == Accessibility.Public ? "public" : "protected" };
        if (type.TypeKind == TypeKind.Class)
        {
            words.Add(type switch { { IsStatic: true } => "static", { IsSealed: true } => "sealed", { IsAbstract: true } => "abstract", _ => "" });
        }

        if (type.TypeKind == TypeKind.Struct)
        {
            words.Add(type.IsReadOnly ? "readonly" : "");
            words.Add(type.IsRefLikeType ? "ref" : "");
        }

        words.Add(type.IsRecord ? "record" : "");
        words.Add(type.TypeKind switch { TypeKind.Struct => "struct", TypeKind.Interface => "interface", TypeKind.Enum => "enum", _ => "class" });
        words.Add(type.ToDisplayString(Format) + Bases(type));
        return Attributes(type) + string.Join(' ', words.Where(word => word.Length > 0));
    }

    private static string Bases(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Enum)
        {
            return $" : {type.EnumUnderlyingType!.ToDisplayString(Format)}";
        }

        var bases = type.Interfaces.Where(one => one.DeclaredAccessibility == Accessibility.Public).Select(one => one.ToDisplayString(Format)).Order(StringComparer.Ordinal).ToList();
        if (type is { TypeKind: TypeKind.Class, BaseType: { SpecialType: not SpecialType.System_Object } parent })
        {
            bases.Insert(0, parent.ToDisplayString(Format));
        }

        return bases.Count == 0 ? "" : $" : {string.Join(", ", bases)}";
    }

    private static IEnumerable<string> Members(INamedTypeSymbol type)
    {
        var members = type.GetMembers().Where(member => IsSurface(member) && member is not INamedTypeSymbol && !IsAccessor(member) && !IsImplied(member));
        return type.TypeKind switch
        {
            TypeKind.Delegate => [],
            TypeKind.Enum => members.OfType<IFieldSymbol>().OrderBy(field => Convert.ToDecimal(field.ConstantValue, null)).Select(field => $"{field.Name} = {field.ConstantValue}"),
            _ => members.Select(member => (Rank: Rank(member), Text: Attributes(member) + member.ToDisplayString(Format)))
                .OrderBy(member => member.Rank).ThenBy(member => member.Text, StringComparer.Ordinal).Select(member => member.Text),
        };
    }

    private static bool IsAccessor(ISymbol member) => member is IMethodSymbol { AssociatedSymbol: not null };

    private static bool IsImplied(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 0, ContainingType.TypeKind: TypeKind.Struct } => true,
        IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters: [var one], ContainingType.IsRecord: true } => SymbolEqualityComparer.Default.Equals(one.Type, member.ContainingType),
        _ => Implied.Contains(member.Name) && (member.IsOverride || member.ContainingType.IsRecord || member.Name is "Equals"),
    };

    private static int Rank(ISymbol member) => member switch
    {
        IFieldSymbol => 0,
        IMethodSymbol { MethodKind: MethodKind.Constructor } => 1,
        IPropertySymbol => 2,
        IEventSymbol => 3,
        _ => 4,
    };

    private static string Attributes(ISymbol symbol) => string.Concat(
        from attribute in symbol.GetAttributes()
        let name = attribute.AttributeClass?.Name
        where name is "ObsoleteAttribute" or "ExperimentalAttribute" or "SupportedOSPlatformAttribute" or "UnsupportedOSPlatformAttribute"
        orderby name
        select $"[{name[..^"Attribute".Length]}({string.Join(", ", attribute.ConstructorArguments.Select(argument => argument.ToCSharpString()))})] ");
}
