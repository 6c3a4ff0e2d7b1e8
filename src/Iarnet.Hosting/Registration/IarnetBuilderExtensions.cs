using System.Collections.Immutable;
using Iarnet.Functions;
using Iarnet.Hosting.Registration;
using Microsoft.Extensions.DependencyInjection;

namespace Iarnet;

/// <summary>Adds functions and options to a node.</summary>
public static class IarnetBuilderExtensions
{
    /// <summary>Sets options of the node, after those of the configuration.</summary>
    public static IIarnetBuilder Configure(this IIarnetBuilder builder, Action<IarnetNodeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }

    /// <summary>
    /// Says how a function is run: <c>node.AddFunction(Words.Count, f => f.Cpu("500m").Replicas(2, 8))</c>. A function that needs nothing
    /// special need not be added.
    /// </summary>
    /// <param name="builder">The node under construction.</param>
    /// <param name="function">A static method, or a lambda that captures nothing.</param>
    /// <param name="configure">Says how; null for the defaults.</param>
    public static IIarnetBuilder AddFunction(this IIarnetBuilder builder, Delegate function, Action<FunctionOptionsBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(function);
        builder.Services.AddSingleton(new FunctionRegistration(function, configure));
        return builder;
    }

    /// <summary>
    /// Adds a function of a Python file with one parameter. It runs in a Python component and is called by the handle that
    /// <see cref="IarnetNode.Function{T1,TR}(string)"/> gives.
    /// </summary>
    /// <typeparam name="T1">The type of its parameter; it travels as JSON, bytes as they are.</typeparam>
    /// <typeparam name="TR">The type of its result.</typeparam>
    /// <param name="builder">The node under construction.</param>
    /// <param name="name">The name of the function in the file, and in the node.</param>
    /// <param name="path">The file; it is read when the function is first needed.</param>
    /// <param name="configure">Says how it is run; null for the defaults.</param>
    public static IIarnetBuilder AddPythonFunction<T1, TR>(this IIarnetBuilder builder, string name, string path, Action<FunctionOptionsBuilder>? configure = null) =>
        AddPython(builder, name, path, ["first"], configure);

    /// <summary>Adds a function of a Python file with two parameters.</summary>
    /// <typeparam name="T1">The type of its first parameter; it travels as JSON, bytes as they are.</typeparam>
    /// <typeparam name="T2">The type of its second parameter.</typeparam>
    /// <typeparam name="TR">The type of its result.</typeparam>
    /// <inheritdoc cref="AddPythonFunction{T1,TR}(IIarnetBuilder,string,string,Action{FunctionOptionsBuilder}?)"/>
    public static IIarnetBuilder AddPythonFunction<T1, T2, TR>(this IIarnetBuilder builder, string name, string path, Action<FunctionOptionsBuilder>? configure = null) =>
        AddPython(builder, name, path, ["first", "second"], configure);

    private static IIarnetBuilder AddPython(IIarnetBuilder builder, string name, string path, ImmutableArray<string> parameters, Action<FunctionOptionsBuilder>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = new FunctionOptionsBuilder();
        configure?.Invoke(options);
        builder.Services.AddSingleton(new FunctionRegistration(new FunctionDefinition(
            name,
            FunctionLanguages.Python,
            parameters,
            new PythonFileCode(Path.GetFullPath(path), name, options.Requirements),
            options.Build())));
        return builder;
    }
}
