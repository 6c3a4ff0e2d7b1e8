using System.Reflection;
using Iarnet.Components.Code;
using Iarnet.Components.Worker;
using Iarnet.Worker.Invocation;

namespace Iarnet.Worker.Code;

/// <summary>Loads .NET methods from code files by hash.</summary>
internal sealed class MethodLoader(CodeCache cache) : IFunctionLoader
{
    private readonly WorkerAssemblies _own = new();
    private readonly Lock _lock = new();
    private readonly List<CodeContext> _contexts = [];

    /// <inheritdoc/>
    public async ValueTask<IComponentFunction> LoadAsync(FunctionManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.Method is not { } code)
        {
            throw new FunctionNotSupportedException($"Function '{manifest.Name}' is not .NET code: a .NET component cannot run it.");
        }

        var files = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in code.Files)
        {
            files[Path.GetFileNameWithoutExtension(file.Name)] = await cache.GetAsync(file, cancellationToken).ConfigureAwait(false);
        }

        var assembly = ContextFor(files).LoadFromAssemblyName(new AssemblyName(code.Assembly));
        return InvokerFactory.Create(Find(assembly, code, manifest.Name), manifest.IsVariadic);
    }

    private static MethodInfo Find(Assembly assembly, MethodManifest code, string function)
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var type = assembly.GetType(code.Type, throwOnError: true)!;
        return type.GetMethods(Any).FirstOrDefault(method => method.Name == code.Method && method.GetParameters().Select(parameter => TypeNames.Of(parameter.ParameterType)).SequenceEqual(code.ParameterTypes, StringComparer.Ordinal))
            ?? throw new FunctionNotSupportedException($"Function '{function}' cannot be found: '{code.Type}' of '{code.Assembly}' has no method '{code.Method}({string.Join("; ", code.ParameterTypes)})'.");
    }

    private CodeContext ContextFor(Dictionary<string, string> files)
    {
        lock (_lock)
        {
            if (_contexts.Find(known => known.TryAdd(files)) is { } context)
            {
                return context;
            }

            context = new CodeContext(_own);
            context.TryAdd(files);
            _contexts.Add(context);
            return context;
        }
    }
}
