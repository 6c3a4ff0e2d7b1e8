namespace Iarnet.Components.Worker;

/// <summary>Makes functions of this process out of what the engine says of them: what differs from one language and program to the next. Thread-safe.</summary>
public interface IFunctionLoader
{
    /// <summary>Loads a function; what it throws becomes the error of every call of the function.</summary>
    ValueTask<IComponentFunction> LoadAsync(FunctionManifest manifest, CancellationToken cancellationToken);
}
