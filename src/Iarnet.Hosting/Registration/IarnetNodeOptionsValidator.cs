using Microsoft.Extensions.Options;

namespace Iarnet.Hosting.Registration;

/// <summary>Checks the attributes of the options, without reflection.</summary>
[OptionsValidator]
internal sealed partial class IarnetNodeOptionsValidator : IValidateOptions<IarnetNodeOptions>;
