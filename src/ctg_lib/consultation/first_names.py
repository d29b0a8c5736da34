"""First names by which a person is recognised in a text, where no language model is installed.

A working list of the project: first names often given in France over a century, and some borne by families
who came from elsewhere. It is not Insee's file of first names (some 35,000), and misses the rare ones: what it
misses, the language model may find, and the person who reads before printing.
"""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """Words of a text, parted by spaces."""
    return frozenset(text.split())


FIRST_NAMES: frozenset[str] = words_of(
    """
    aaron abdel abdelkader abdallah abel achille adama adele adeline adem adrien adrienne agathe agnes ahmed
    aicha aida albane albert albertine alexandra alexandre alexia alexis alfred alice alicia aline alix
    alphonse amandine amelie amina amine aminata amir anais anastasia anatole andre andrea andree angelina
    angelique anissa anita anna annabelle annick annie anouk antoine antoinette antonin antonio apolline
    ariane arlette armand armelle arnaud arsene arthur asma assia astrid aude audrey auguste augustin
    augustine aurelie aurelien axelle ayoub aymeric bachir baptiste baptistine barbara bastien beatrice
    benedicte benjamin benoit berenice bernadette bernard bernardette berthe bertrand bilal bintou brahim
    brice brigitte bruno camille candice carla carine carole caroline cassandra catherine cathy cecile
    cedric celestin celia celine chantal charlene charles chloe christel christelle christian christiane
    christine christophe claude claudette claudie claudine clara clarisse claudia clotilde colette coralie
    corentin corinne cyril cyrille cyrielle damien daniel daniele danielle danielle daphne david deborah
    delphine denise denis diane didier dimitri djamila dominique doriane dorothee driss dylan edgar edith
    edmond edouard elea elena eleonore eliane elias elie eliott elisa elisabeth elise ella elodie eloise
    elsa emeline emeric emile emilie emilien emma emmanuel emmanuelle enora enzo erica eric erwan esteban
    estelle esther ethan etienne eugene eugenie eva evan eveline evelyne ewen fabien fabienne fabrice fadila
    fanny farid farida fatima fatiha fatma fatou fatoumata felicie felix ferdinand fernand fernande fiona
    flavie florent florence florian florine francine francis francisco franck francois francoise frederic
    frederique gabin gabriel gabrielle gael gaelle gaetan gaspard gaston gauthier genevieve geoffrey georges
    georgette geraldine gerald gerard germaine ghislaine gilbert gilberte gilles ginette gisele giulia
    gregoire gregory guenael guilhem guillaume gustave gwenaelle habib hakim halima hamid hamza hanna hassan
    hatice helena helene henri henriette herve hicham hippolyte honorine hugo hugues huguette ibrahim ilona
    ilyes imane ines ingrid inaya irene irina isaac isabelle ismael issa ivan jacqueline jacques jamila
    janine jawad jean-baptiste jean-claude jean-francois jean-louis jean-luc jean-marc jean-marie
    jean-michel jean-paul jean-philippe jean-pierre jean-yves jeanine jeanne jeannette jeannine jennifer
    jeremie jeremy jerome jessica jessy joachim joan joana jocelyne joel joelle johan johanna jonathan
    jordan jordane jose joseph josephine josette josiane josselin joyce juliana julian julie julien julienne
    juliette justine kamel karim karima karine karl katia kelly kenza kevin khadija khaled laetitia laila
    lamia landry laura laure laureline laurence laurene laurent laurine lazare lea leandre leane leila lena
    leo leon leonard leonie leonor leontine leslie liam liliane lilian lilou lily lina linda lionel lisa
    loan loane loic lola loris louane louise louisette louna luc luca lucas lucette lucie lucien lucienne
    lucille ludivine ludovic lukas lydia lydie madison mado mael maelle maelys maeva magali maissa malek
    malika mamadou manel manon manuel manuela marc marceau marcel marcelle marcelline margaux margot
    marguerite maria mariam mariama marianne marie-claire marie-claude marie-france marie-jeanne marie-line
    marie-laure marie-louise marie-noelle marie-paule marie-pierre marie-rose marie-therese marielle
    marilyne mario marion marius marjorie marlene martial martine marwa maryline maryse maryvonne mathias
    mathieu mathilde mathis mathys matteo matthias matthieu maud maurice mauricette maxence maxime maylis
    mehdi melanie melina melissa melodie melvin michael michel michele micheline michelle mickael miguel
    mila milan milo mireille mohamed mohammed mona monique morgane moussa mouna muriel murielle myriam nabil
    nadege nadia nadine naim nathalie nathan nathanael nawel nelly nicolas nicole nina noah noam noe noelie
    noelle nora norbert nour oceane octave odette odile olga olivia ondine oriane orlane oscar oumar owen
    paola pablo pascal pascale patricia patrice patrick paul paula paule paulette pauline pedro perrine
    philippe philippine pierrette pierrick quentin rachel rachid rachida rafael raphael raphaelle rayan
    raymond raymonde rebecca regine regis remi remy renaud rene renee reynald richard robert roberte
    rodolphe rodrigue roger roland rolande romuald romy ronan rosalie rosa roselyne rosine ruben sabine
    sabrina said salima salome samantha samia samir samira samuel sandra sandrine sandy sarah sebastien
    serge severine shirley sidonie simon simone sixtine slimane sofia sofiane solene soline sonia sophia
    sophie souad soufiane stanislas stella stephane stephanie steve steven suzanne suzette suzie swann
    sybille sylvain sylvaine sylvette sylviane sylvie tania tatiana teddy teo theo theodore theophile
    therese thibault thibaut thierry thomas tiago timeo timothee tiphaine titouan tony tristan ulysse ursula
    valentine valerie valery vanessa vera veronique vianney victor victoria vincent virginie viviane
    vladimir walid wassim wendy wilfried william willy xavier yacine yael yann yanis yannick yasmina yasmine
    yassine yohan yolande youcef youness youssef ysaline yves yvette yvon yvonne zacharie zahra zakaria
    zelie zineb zoe zohra
    """
)
"""Folded: lower case, no accents. None of them is a French word."""

ALSO_WORDS: frozenset[str] = words_of(
    """
    alain ali ambre amaury anne ange baptistin basile blandine capucine charlotte christ clement clemence
    come edwige fleurette florentin gauthier germain guy hector iris irma jade jean jules julot kylian
    laurie leopold lise lou louis lucile luna madeleine malo marcellin marie marin marthe martin maya mia
    mathurin nolan olivier olympe paco pierre prune robin romain romane rosie sacha sam samy solange tom
    valentin violette vivien yvan zoheir
    """
)
"""First names that are French words, or too short: only with a capital."""

MOSTLY_WORDS: frozenset[str] = words_of(
    """
    aime aimee alma angele aurore blanche celeste claire colombe constance desire desiree eden felicite
    fleur juste lys marine modeste noel parfait prudence reine rose roseline tulipe victoire
    """
)
"""Mostly words: only with a capital inside a sentence, or before a surname."""

SURNAMES: frozenset[str] = words_of(
    """
    bernard durand dupont dubois moreau leroy lefebvre lefevre fournier girard bonnet dupuis lambert
    fontaine rousseau garcia martinez lopez sanchez fernandez perez gonzalez rodriguez da-silva ferreira
    pereira nguyen diallo traore bouvier faure fabre guerin boyer garnier chevalier legrand gauthier perrin
    robin clement morin nicolas henry roussel mathieu gautier masson duval joly vidal renard arnaud rolland
    leclerc lecomte barbier vasseur benali
    """
)
"""Surnames recognised without a capital after a first name."""
