using Iarnet.Components.Wire;

namespace Iarnet.Components.Protocol;

/// <summary>Takes the parts of a command, in the order in which they stand in it.</summary>
internal interface ICommandSink
{
    void Load(LoadFunction load);

    /// <param name="invoke">The call; its arguments lie in the memory of the command.</param>
    void Invoke(in InvokeCommand invoke);

    void Cancel(ulong callId);

    void Drain();
}
