// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authorization} from "../../types/Authorization.sol";
import {Claim, ClaimId, Line} from "../../types/Claim.sol";
import {Accumulators, Outcome} from "../../types/Outcome.sol";
import {PlanId} from "../../types/Plan.sol";
import {Policy, PolicyId} from "../../types/Policy.sol";
import {Role} from "../../types/Role.sol";

/// @notice How far a claim has come. The order is part of the ABI: append only.
enum ClaimStatus {
    None,
    /// The patient has not acknowledged it: nothing is reserved, and it lapses when the insurer is silent.
    Unacknowledged,
    /// Waits for the insurer's decision, and is approved when the insurer is silent.
    Pending,
    /// Reduced or denied; may be appealed.
    Decided,
    /// Waits for the arbitrators' ruling.
    Appealed,
    /// Nothing more is to be decided.
    Final,
    /// Taken back by its provider.
    Reversed
}

/// @notice A claim as it stands, with the exact amounts it counts for. In token units. Two slots.
struct ClaimState {
    /// What the plan pays: adjudicated, decided or ruled, as far as the claim has come.
    uint96 benefit;
    /// What it added to the policy's out of pocket.
    uint96 outOfPocket;
    /// When the status' window ends, in Unix seconds: the first second the insurer, appellant or arbitrator is too late.
    uint40 deadline;
    ClaimStatus status;
    /// Whether the reserve could bind nothing for it yet.
    bool unfunded;
    /// Whether it was approved by the plan's limits.
    bool automatic;
    /// What it added to the policy's deductible.
    uint96 deductible;
    /// What the insurer took off and is not final yet; bound in the reserve like the benefit.
    uint96 disputed;
}

/// @notice The insurer's signed promise for one line that needs it.
struct Preauthorization {
    /// The place of the line in the claim.
    uint8 line;
    /// The most that is eligible, in token units.
    uint96 amount;
    /// The last day of service it counts for, from 1970-01-01.
    uint24 lastDay;
    /// The insurer's number for it (FHIR Claim.insurance.preAuthRef), padded ASCII or a digest; two equal promises differ in it.
    bytes32 preAuthRef;
    /// The insurer or its staff.
    address signer;
    bytes signature;
}

/// @notice A claim as a provider presents it.
struct Submission {
    Policy policy;
    address provider;
    /// As what the provider is licensed: Practitioner, Provider, Laboratory or Pharmacy.
    Role role;
    /// The salted digest of the claim's document.
    bytes32 documents;
    Line[] lines;
    Preauthorization[] preauthorizations;
}

/// @title IClaims
/// @notice Insurance claims: adjudicated on chain and paid from escrow, decided, appealed, reversed.
interface IClaims {
    /// @notice A provider submitted a claim.
    /// @param id The hash of its key.
    /// @param policy Under which policy.
    /// @param provider Who claims.
    /// @param lines Its lines.
    /// @param documents The salted digest of its document.
    /// @param acknowledgedBy Who acknowledged it: the patient or a delegate; zero when nobody did.
    /// @param actor Who acted for the provider.
    event ClaimSubmitted(
        ClaimId indexed id,
        PolicyId indexed policy,
        address indexed provider,
        Line[] lines,
        bytes32 documents,
        address acknowledgedBy,
        address actor
    );

    /// @notice A claim was adjudicated and counts towards its policy's accumulators.
    /// @dev What became of each line is told by `IPlanRegistry.adjudicate` of its lines, `before` and the amounts of
    /// `PreauthorizationUsed`, at any time: plans are frozen, but for their network, which grows.
    /// @param id The claim.
    /// @param policy Under which policy.
    /// @param outcome Its sums.
    /// @param before What the policy's earlier claims came to.
    /// @param deadline The first second the insurer is too late to decide; zero when the plan's limits approved it.
    /// @param unfunded Whether the reserve could not bind its benefit.
    event ClaimAdjudicated(
        ClaimId indexed id,
        PolicyId indexed policy,
        Outcome outcome,
        Accumulators before,
        uint40 deadline,
        bool unfunded
    );

    /// @notice A line of a claim presented the insurer's preauthorisation.
    /// @param id The claim.
    /// @param line The place of the line in the claim.
    /// @param amount The most that is eligible.
    /// @param preAuthRef The insurer's number for it.
    event PreauthorizationUsed(ClaimId indexed id, uint8 line, uint96 amount, bytes32 preAuthRef);

    /// @notice The insurer accepted a claim nobody acknowledged.
    /// @param id The claim.
    /// @param actor Who acted for the insurer.
    event ClaimAccepted(ClaimId indexed id, address actor);

    /// @notice The insurer decided.
    /// @param id The claim.
    /// @param benefit What it approves, in token units.
    /// @param disputed What it takes off.
    /// @param response The digest of the FHIR ClaimResponse.
    /// @param deadline The first second an appeal is too late; zero when there is nothing to appeal.
    /// @param actor Who acted for the insurer.
    event ClaimDecided(
        ClaimId indexed id,
        uint96 benefit,
        uint96 disputed,
        bytes32 response,
        uint40 deadline,
        address actor
    );

    /// @notice The insurer was silent, so the claim is approved.
    /// @param id The claim.
    /// @param benefit What the plan pays.
    event ClaimApprovedBySilence(ClaimId indexed id, uint96 benefit);

    /// @notice The insurer was silent on a claim nobody acknowledged: it is no more, and its lines may come again.
    /// @param id The claim.
    event ClaimLapsed(ClaimId indexed id);

    /// @notice Provider or patient appealed.
    /// @param id The claim.
    /// @param appellant The provider or the patient.
    /// @param grounds The digest of what it is based on.
    /// @param deadline The first second the arbitrator is too late; the fallback has as long again.
    /// @param actor Who acted.
    event ClaimAppealed(ClaimId indexed id, address indexed appellant, bytes32 grounds, uint40 deadline, address actor);

    /// @notice An arbitrator ruled.
    /// @param id The claim.
    /// @param arbitrator Which of the two.
    /// @param award What the insurer has to pay of what it took off.
    /// @param reasons The digest of the reasons.
    /// @param actor Who acted for the arbitrator.
    event ClaimRuled(ClaimId indexed id, address indexed arbitrator, uint96 award, bytes32 reasons, address actor);

    /// @notice Nothing more is to be decided.
    /// @param id The claim.
    /// @param benefit What the plan pays in the end.
    /// @param released What was taken off for good.
    event ClaimFinal(ClaimId indexed id, uint96 benefit, uint96 released);

    /// @notice The reserve now binds what a claim is owed.
    /// @param id The claim.
    /// @param amount In token units.
    event ClaimFunded(ClaimId indexed id, uint96 amount);

    /// @notice A claim was paid.
    /// @param id The claim.
    /// @param provider To whom; credited when the token refused.
    /// @param amount In token units.
    event ClaimPaid(ClaimId indexed id, address indexed provider, uint96 amount);

    /// @notice A provider took a claim back: what was paid is returned, accumulators and lines are as before.
    /// @param id The claim.
    /// @param policy Under which policy.
    /// @param repaid What the provider paid back.
    /// @param actor Who acted for the provider.
    event ClaimReversed(ClaimId indexed id, PolicyId indexed policy, uint96 repaid, address actor);

    /// @notice The provider is not licensed in this role, or the caller does not act for it; or no claims are billed in it.
    error ProviderUnauthorized(address provider, Role role, address caller);
    /// @notice The caller does not act for the claim's provider.
    error ClaimNotYours(ClaimId id, address provider, address caller);
    /// @notice The policy takes no more claims: the run-off is over.
    error PolicyRanOff(PolicyId id, uint24 endDay);
    /// @notice A claim has at least one line and at most `MAX_LINES`.
    error ClaimLinesInvalid(uint256 lines, uint256 atMost);
    /// @notice The line's quantity is zero or above `MAX_QUANTITY`, in thousandths.
    error QuantityInvalid(uint256 line, uint32 quantity);
    /// @notice The day of the service is outside the policy, or in the future.
    error ServiceDayInvalid(uint256 line, uint24 day, uint24 firstDay, uint24 endDay);
    /// @notice A line of this provider, policy, day and number was accepted already.
    error LineUsed(uint24 day, uint8 number);
    /// @notice The same claim was submitted already; a corrected one has other documents.
    error ClaimExists(ClaimId id);
    /// @notice The patient's acknowledgement is signed by the patient, or a delegate for claims.
    error AcknowledgementInvalid(address patient, address signer);
    /// @notice The patient has given no consent that permits this provider to bill (HPAYMT, claims).
    error ClaimUnpermitted(address patient, address provider, bytes32 consent);
    /// @notice The preauthorisation is for no line of the claim, not the insurer's, over, or used for another line.
    error PreauthorizationInvalid(uint256 line, address signer);
    /// @notice The claim is not of these lines.
    error LinesMismatch(bytes32 lines);
    /// @notice The claim's status does not allow it.
    error ClaimStatusInvalid(ClaimId id, ClaimStatus status);
    /// @notice The window is over.
    error ClaimWindowOver(ClaimId id, uint40 deadline);
    /// @notice The window is still open.
    error ClaimWindowOpen(ClaimId id, uint40 deadline);
    /// @notice No more is decided or awarded than was adjudicated or taken off.
    error AmountAboveClaim(ClaimId id, uint96 amount, uint96 atMost);
    /// @notice Who takes something off sets the ruling's fee aside, and the free reserve lacks it.
    error RulingFeeUnfunded(PlanId plan, uint112 free, uint96 fee);
    /// @notice Only the claim's provider or the policy's patient appeals.
    error AppealUnauthorized(ClaimId id, address appellant);
    /// @notice It is the other arbitrator's turn, the caller does not act for a licensed one, or it is not impartial.
    error RulingUnauthorized(ClaimId id, address arbitrator, address caller);
    /// @notice The claim is funded.
    error ClaimIsFunded(ClaimId id);

    /// @notice Submits a claim the patient acknowledged. Within the plan's limits it is adjudicated and paid in the same
    /// transaction; beyond them its benefit is reserved and the insurer decides.
    /// @dev EIP-712: `AcknowledgeClaim(bytes32 policy,address provider,Line[] lines,bytes32 documents,uint256
    /// deadline)Line(bytes32 service,uint24 day,uint8 number,uint32 quantity,uint96 billed)`. The claim's id stays taken for
    /// ever, so an acknowledgement counts once. Errors: `ProviderUnauthorized`, `PolicyUnknown`, `PolicyRanOff`,
    /// `ClaimLinesInvalid`, `QuantityInvalid`, `ServiceDayInvalid`, `LineUsed`, `ServiceUnknown`,
    /// `ClaimTooLarge`, `ClaimExists`, `AcknowledgementInvalid`, `SignatureExpired`, `SignatureInvalid`,
    /// `PreauthorizationInvalid`.
    /// @param submission The claim; the caller is its provider, or acts for it.
    /// @param acknowledgement The signer is the patient, or a delegate for claims.
    /// @param signature The signer's: 65 bytes, or what an ERC-1271 wallet takes.
    function submit(
        Submission calldata submission,
        Authorization calldata acknowledgement,
        bytes calldata signature
    ) external;

    /// @notice Submits a claim on the patient's standing consent. Nothing is reserved; it lapses unless the insurer accepts.
    /// @dev Because otherwise any provider with a consent would bill for what never was, and wait. Errors: as `submit`, but
    /// `ClaimUnpermitted` in place of those of the acknowledgement.
    /// @param submission The claim; the caller is its provider, or acts for it.
    /// @param consent The policy digest of the patient's consent to the provider for HPAYMT and claims.
    function submitOnConsent(Submission calldata submission, bytes32 consent) external;

    /// @notice Accepts a claim nobody acknowledged, as if the patient had: it is adjudicated now and paid, or decided within
    /// a new response window. By the insurer, in the response window.
    /// @dev Errors: `InsurerUnauthorized`, `ClaimStatusInvalid`, `ClaimWindowOver`, `PreauthorizationInvalid`,
    /// `ClaimTooLarge`.
    /// @param submission The claim as it was submitted; `role` and `preauthorizations` may differ.
    function accept(Submission calldata submission) external;

    /// @notice Decides a pending claim: approves it, or takes something off. By the insurer, licensed or not, in the
    /// response window.
    /// @dev What is taken off stays reserved, and the ruling's fee with it, so that an appeal costs the appellant nothing.
    /// Errors: `InsurerUnauthorized`, `ClaimStatusInvalid`, `ClaimWindowOver`, `AmountAboveClaim`, `RulingFeeUnfunded`.
    /// @param claim Its key.
    /// @param benefit What is approved, in token units; at most what was adjudicated. Zero denies.
    /// @param response The digest of the FHIR ClaimResponse.
    function decide(Claim calldata claim, uint96 benefit, bytes32 response) external;

    /// @notice Ends a window nobody used: a silent insurer approves, a silent appellant agrees, silent arbitrators award.
    /// By anyone.
    /// @dev Errors: `ClaimStatusInvalid`, `ClaimWindowOpen`.
    /// @param claim Its key.
    function finalize(Claim calldata claim) external;

    /// @notice Ends an unacknowledged claim the insurer was silent on; its lines may be claimed again. By anyone.
    /// @dev Errors: `ClaimStatusInvalid`, `ClaimWindowOpen`, `LinesMismatch`.
    /// @param claim Its key.
    /// @param lines Its lines.
    function lapse(Claim calldata claim, Line[] calldata lines) external;

    /// @notice Binds the reserve to a claim that found it dry, and pays it if it is due. By anyone, in any order, because a
    /// large disputed claim must not keep the others waiting.
    /// @dev Errors: `ClaimIsFunded`, also of a claim that owes nothing, and `ReserveShort`.
    /// @param claim Its key.
    function fund(Claim calldata claim) external;

    /// @notice Appeals against what the insurer took off. By the provider or the patient, in the appeal window.
    /// @dev Errors: `AppealUnauthorized`, `ClaimStatusInvalid`, `ClaimWindowOver`.
    /// @param claim Its key.
    /// @param grounds The digest of what the appeal is based on.
    function appeal(Claim calldata claim, bytes32 grounds) external;

    /// @notice Relays a patient's signed appeal.
    /// @dev EIP-712: `AppealClaim(bytes32 claim,bytes32 grounds,uint256 deadline)`. Errors: as `appeal`, `SignatureExpired`,
    /// `SignatureInvalid`.
    /// @param claim Its key.
    /// @param grounds The digest of what the appeal is based on.
    /// @param authorization The signer is the patient, or a delegate for claims.
    /// @param signature The signer's.
    function appealBySig(
        Claim calldata claim,
        bytes32 grounds,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Rules on an appeal and pays what is awarded. By the arbitrator in its window, then by the fallback in its own.
    /// @dev Errors: `RulingUnauthorized`, `ClaimStatusInvalid`, `ClaimWindowOver`, `AmountAboveClaim`.
    /// @param claim Its key.
    /// @param award How much of what was taken off the insurer has to pay, in token units.
    /// @param reasons The digest of the reasons.
    function rule(Claim calldata claim, uint96 award, bytes32 reasons) external;

    /// @notice Takes a claim back: the provider returns what it was paid, and accumulators and lines are as if it never was.
    /// @dev A corrected claim may follow. Errors: `ClaimNotYours`, `ClaimStatusInvalid`, `LinesMismatch`, `TokenTookFee`, and
    /// the token's.
    /// @param claim Its key; the provider, for whom the caller acts, has approved what it was paid.
    /// @param lines Its lines.
    function reverse(Claim calldata claim, Line[] calldata lines) external;

    /// @notice A claim as it stands.
    /// @param id The claim.
    /// @return The claim; all zero when there is none.
    function claimOf(ClaimId id) external view returns (ClaimState memory);

    /// @notice Which line numbers of a day were accepted.
    /// @param policy The policy.
    /// @param provider The provider.
    /// @param day The day of service, counted from 1970-01-01.
    /// @return A bit for each number.
    function acceptedLinesOf(PolicyId policy, address provider, uint24 day) external view returns (uint256);

    /// @notice For which line a preauthorisation was used.
    /// @param preauthorization The EIP-712 hash of the preauthorisation.
    /// @return `day * 256 + number + 1`; zero when it was not used.
    function preauthorizedLineOf(bytes32 preauthorization) external view returns (uint256);
}
