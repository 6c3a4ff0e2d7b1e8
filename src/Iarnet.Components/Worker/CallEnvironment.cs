using Iarnet.Objects;
using Iarnet.Store;

namespace Iarnet.Components.Worker;

/// <summary>What every call of a component shares.</summary>
internal sealed record CallEnvironment(IObjectSpace Space, IObjectReader Reader, CodecRegistry Codecs);
