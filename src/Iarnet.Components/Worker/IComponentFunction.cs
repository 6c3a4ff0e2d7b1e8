namespace Iarnet.Components.Worker;

/// <summary>A loaded function. Thread-safe: it may be invoked for several calls at the same time.</summary>
public interface IComponentFunction
{
    /// <summary>
    /// Runs a call on the calling thread, which belongs to the call until the method returns: it reads the arguments, sets the result, and may
    /// block. What it throws becomes the error of the call.
    /// </summary>
    void Invoke(FunctionCall call);
}
